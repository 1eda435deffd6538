import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './graphiql.css'

import { createGraphiQLFetcher, isAsyncIterable, type Fetcher, type FetcherParams } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { Kind, parse, type DocumentNode } from 'graphql'
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

/** For a moment after another tab was opened, GraphiQL tells what it read of the tab before: read the query itself. */
function readAnew(asked: FetcherParams): [FetcherParams, DocumentNode?] {
  try {
    const documentAST = parse(asked.query)
    const names = documentAST.definitions.flatMap(each => (each.kind === Kind.OPERATION_DEFINITION ? each.name?.value ?? [] : []))
    const isThere = asked.operationName && names.includes(asked.operationName)
    return [isThere ? asked : { ...asked, operationName: names.length === 1 ? names[0] : undefined }, documentAST]
  } catch {
    return [asked]
  }
}

const fetcher: Fetcher = async (asked, options) => {
  const [anew, documentAST] = readAnew(asked)
  const answer = await asking(anew, documentAST ? { ...options, documentAST } : options)
  return isAsyncIterable(answer) ? gathered(answer) : answer
}

createRoot(document.getElementById('root')!).render(
  // defaultTabs open on the first visit; later the visitor's own tabs come back.
  <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultEditorToolsVisibility="variables">
    <GraphiQL.Logo>Event gateway</GraphiQL.Logo>
  </GraphiQL>,
)
