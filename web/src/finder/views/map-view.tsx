/** The events on a map, and the same events as a list beneath it. */

import { useSignal, useSignalEffect } from '@preact/signals'
import { control, divIcon, latLngBounds, layerGroup, marker, point, popup, type LatLngExpression, type LeafletEvent, type Map as LeafletMap } from 'leaflet'
import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { number } from '../amounts'
import { clustered, type Cluster } from '../clusters'
import { dayOf, timeOf } from '../dates'
import { useGathering } from '../gathering'
import type { Row } from '../generated'
import { say } from '../language'
import { drawGround, openMap } from '../map'
import { Blank, Days } from '../parts/days'
import { Icon } from '../parts/icons'
import { eventAddress, wanted } from '../route'
import { filterOf } from '../wanted'
import '../styles/map.css'

const AT_MOST = 400
const SQUARE = 52
const CLOSEST = 14
const LISTED = 30

const at = ({ location }: Row): [number, number] | null => (location?.geo ? [location.geo.latitude, location.geo.longitude] : null)

const Named = ({ rows }: { rows: Row[] }) => (
  <ul class="pop">
    {rows.slice(0, 12).map(row => (
      <li key={row.id}>
        <a href={eventAddress(row.id)}>{row.name}</a>
        <small>{dayOf(row)}, {timeOf(row)} · {row.location?.name}</small>
      </li>
    ))}
    {rows.length > 12 && <li>{say.value.more(rows.length - 12)}</li>}
  </ul>
)

function dot({ things }: Cluster<Row>) {
  const face = document.createElement('span')
  face.textContent = things.length > 1 ? number(things.length) : ''
  const size = things.length > 1 ? 32 + Math.min(16, things.length / 4) : 22
  return divIcon({ html: face, className: things.length > 1 ? 'dot many' : 'dot', iconSize: point(size, size) })
}

/** A press goes closer, as long as that can part what is drawn as one; else it tells what is there. */
function open(map: LeafletMap, rows: Row[], where: LatLngExpression): void {
  const bounds = latLngBounds(rows.map(row => at(row)!))
  if (rows.length > 1 && map.getZoom() < CLOSEST && !bounds.getNorthEast().equals(bounds.getSouthWest(), 1e-4)) {
    map.fitBounds(bounds, { padding: [60, 60], maxZoom: CLOSEST })
    return
  }
  const words = document.createElement('div')
  render(<Named rows={rows} />, words)
  popup({ maxHeight: 260, minWidth: 220 }).setLatLng(where).setContent(words).openOn(map)
}

function drawDots(map: LeafletMap, dots: ReturnType<typeof layerGroup>, rows: Row[]): void {
  dots.clearLayers()
  const spotted = rows.map(row => ({ thing: row, ...map.project(at(row)!) }))
  for (const cluster of clustered(spotted, SQUARE)) {
    const where = map.unproject(point(cluster.x, cluster.y))
    const title = cluster.things.length > 1 ? say.value.cluster(cluster.things.length) : cluster.things[0]!.name
    marker(where, { icon: dot(cluster), title, alt: title, keyboard: true, riseOnHover: true })
      .on('click keypress', event => {
        const { originalEvent } = event as LeafletEvent & { originalEvent?: Event }
        if (!(originalEvent instanceof KeyboardEvent) || originalEvent.key === 'Enter') open(map, cluster.things, where)
      })
      .addTo(dots)
  }
}

export function MapView() {
  const frame = useRef<HTMLDivElement>(null)
  const map = useSignal<LeafletMap | null>(null)
  const dots = useRef(layerGroup())
  const isPlain = useSignal(false)
  const inView = useSignal<Row[]>([])
  const { so, failure } = useGathering(() => filterOf(wanted.value), AT_MOST)
  const onMap = () => so.value.rows.filter(at)

  useEffect(() => {
    const opened = openMap(frame.current!)
    control.zoom().addTo(opened)
    dots.current.addTo(opened)
    const look = () => (inView.value = onMap().filter(row => opened.getBounds().contains(at(row)!)))
    opened.on('moveend', look)
    opened.on('zoomend', () => drawDots(opened, dots.current, onMap()))
    drawGround(opened).catch(() => (isPlain.value = true))
    map.value = opened
    return () => void opened.remove()
  }, [])

  useSignalEffect(() => {
    const rows = onMap()
    if (!map.value || !rows.length) return
    drawDots(map.value, dots.current, rows)
    map.value.fitBounds(latLngBounds(rows.map(row => at(row)!)), { padding: [40, 40], maxZoom: 13, animate: false })
    inView.value = rows
  })

  const without = so.value.rows.length - onMap().length
  const shown = `${number(onMap().length)}${so.value.more ? '+' : ''}`
  return (
    <>
      <p class="strip" role="status">
        <b>{so.value.rows.length || so.value.done ? say.value.onMap(say.value.events(shown, shown === '1')) : say.value.searching}</b>
        {without > 0 && <span>{say.value.withoutPoint(without)}</span>}
        {so.value.partial && <span>{say.value.partial}</span>}
      </p>
      <p class="sr" id="map-hint">{say.value.mapHint}</p>
      <div class="map" ref={frame} role="region" aria-label={say.value.mapLabel} aria-describedby="map-hint" />
      {(isPlain.value || failure.value) && <p class="note" role="alert">{say.value.mapFailed}</p>}
      <div id="results">
        <Days events={inView.value.slice(0, LISTED)} />
        {so.value.done && !so.value.rows.length && <Blank icon={<Icon name="map" />} title={say.value.emptyTitle} hint={say.value.emptyHint} />}
        {inView.value.length > LISTED && <p class="end">{say.value.more(inView.value.length - LISTED)}</p>}
      </div>
    </>
  )
}
