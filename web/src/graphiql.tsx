import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './graphiql.css'

import { createGraphiQLFetcher, isAsyncIterable, type Fetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createRoot } from 'react-dom/client'

import { examples } from './examples'
import { gathered } from './gathered'

const failure = (message: string) => Response.json({ errors: [{ message }] })

/** fetch, but a proxy's error page or no answer at all reads as a GraphQL error, not as a stack trace. */
async function ask(...request: Parameters<typeof fetch>): Promise<Response> {
  try {
    const response = await fetch(...request)
    const isJSON = response.headers.get('content-type')?.includes('json')
    return isJSON ? response : failure(`The gateway answered ${response.status} and no JSON.`)
  } catch {
    return failure('The gateway cannot be reached.')
  }
}

const asking = createGraphiQLFetcher({
  url: '/graphql',
  subscriptionUrl: new URL('/graphql', location.href.replace(/^http/, 'ws')).href,
  fetch: ask,
  // The gateway does not defer: ask for one plain answer.
  enableIncrementalDelivery: false,
})

const fetcher: Fetcher = async (...request) => {
  const answer = await asking(...request)
  return isAsyncIterable(answer) ? gathered(answer) : answer
}

createRoot(document.getElementById('root')!).render(
  // defaultTabs open on the first visit; later the visitor's own tabs come back.
  <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultEditorToolsVisibility="variables">
    <GraphiQL.Logo>Event gateway</GraphiQL.Logo>
  </GraphiQL>,
)
