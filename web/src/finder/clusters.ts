/** Points that would lie upon each other are drawn as one. */

export type Spotted<Thing> = { thing: Thing; x: number; y: number }
export type Cluster<Thing> = { things: Thing[]; x: number; y: number }

/** Clusters of whatever falls into one square of a grid, each in the middle of its points. */
export function clustered<Thing>(points: Array<Spotted<Thing>>, size: number): Array<Cluster<Thing>> {
  const squares = new Map<string, Array<Spotted<Thing>>>()
  for (const point of points) {
    const key = `${Math.floor(point.x / size)} ${Math.floor(point.y / size)}`
    squares.set(key, [...(squares.get(key) ?? []), point])
  }
  const middle = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return [...squares.values()].map(members => ({
    things: members.map(({ thing }) => thing),
    x: middle(members.map(({ x }) => x)),
    y: middle(members.map(({ y }) => y)),
  }))
}
