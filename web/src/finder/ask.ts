/** Asks the gateway: one request, one answer, typed by its document. */

/** A document's text, which carries the types of its answer and of its variables. */
export type Document<Answer, Variables> = string & { readonly types?: (variables: Variables) => Answer }

/** Why there is no answer: `offline`, nobody was reached; `refused`, the gateway cannot do it, for which it gives a code. */
export class NoAnswer extends Error {
  constructor(readonly why: 'offline' | 'refused', message: string, readonly code = '') {
    super(message)
  }
}

export type Body<Data> = { data?: Data | null; errors?: Array<{ message: string; extensions?: { code?: string } }> }

export const request = (document: string, variables: unknown, accept: string, signal?: AbortSignal): Promise<Response> =>
  fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query: document, variables }),
    signal: signal ?? null,
    // What somebody changes is sent although they leave the page at once.
    keepalive: /^\s*mutation/.test(document),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new NoAnswer('offline', 'The gateway cannot be reached.')
  })

/** What is in a body; the data of one that has errors besides is not whole, so it does not count. */
export function dataOf<Data>(body: Body<Data>): Data {
  if (body.errors || !body.data) {
    const [error] = body.errors ?? []
    throw new NoAnswer('refused', error?.message ?? 'There is no answer.', error?.extensions?.code)
  }
  return body.data
}

/** What there is of an answer; what of it failed is null. */
export const someOf = <Data>(body: Body<Data>): Data => (body.data ? body.data : dataOf(body))

export async function ask<Answer, Variables>(
  document: Document<Answer, Variables>,
  variables: Variables,
  signal?: AbortSignal,
  read: (body: Body<Answer>) => Answer = dataOf,
): Promise<Answer> {
  const response = await request(document, variables, 'application/json', signal)
  const body = (await response.json().catch(() => ({}))) as Body<Answer>
  return read(body)
}
