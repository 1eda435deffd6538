/** Follows a subscription over Server-Sent Events: one request, answers as they come. */

import { dataOf, NoAnswer, request, type Body, type Document } from './ask'

/** The events of a stream, as far as they have arrived; what is begun stays in `rest`. */
export function cut(text: string): { events: string[]; rest: string } {
  const parts = text.split('\n\n')
  return { events: parts.slice(0, -1), rest: parts.at(-1)! }
}

const named = (event: string, name: string) => event.startsWith(`event: ${name}`)
const dataIn = (event: string) => event.slice(event.indexOf('\ndata:') + 6)

export async function* follow<Answer, Variables>(
  document: Document<Answer, Variables>,
  variables: Variables,
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  const response = await request(document, variables, 'text/event-stream', signal)
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    dataOf((await response.json().catch(() => ({}))) as Body<Answer>)
  }
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  let isWhole = false
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: '' }))
    if (done && isWhole) return
    if (done) throw new NoAnswer('offline', 'The answer broke off.')
    const { events, rest } = cut(text + value)
    text = rest
    for (const event of events) {
      isWhole ||= named(event, 'complete')
      if (named(event, 'next')) yield dataOf(JSON.parse(dataIn(event)) as Body<Answer>)
    }
  }
}
