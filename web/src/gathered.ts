/** What a stream has said so far, each time that it says more: GraphiQL shows the latest answer alone. */
export function gathered<Answer>(answers: AsyncIterable<Answer>): AsyncIterableIterator<{ data: { messages: Answer[] } }> {
  const coming = answers[Symbol.asyncIterator]()
  const all: Answer[] = []
  return {
    async next() {
      const { done, value } = await coming.next()
      if (done) return { done, value }
      all.push(value)
      return { done: false, value: { data: { messages: [...all] } } }
    },
    // At once, not after the next answer, as an async generator would.
    async return() {
      await coming.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
