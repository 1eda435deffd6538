/** Starts the finder. */

import './styles/index.css'

import { computed, effect, untracked } from '@preact/signals'
import { render } from 'preact'

import { App } from './app'
import { startKeeping } from './favourites'
import { startSpeaking } from './language'
import { startOffline } from './offline'
import { page, startRouting, wanted } from './route'
import { search } from './search'
import { startTheme } from './theme'
import { meet } from './viewer'
import { filterOf, sortOf } from './wanted'

/** What would be asked: a search begins when that changes, and not because the same is shown in another way. */
const question = computed(() => JSON.stringify([filterOf(wanted.value), sortOf(wanted.value)]))
const isListed = computed(() => page.value.name === 'search' && wanted.value.view === 'list')
let asked = ''

startTheme()
startRouting()
startKeeping()
void meet()
await startSpeaking()
effect(() => {
  if (!isListed.value || question.value === asked) return
  asked = question.value
  untracked(() => search(wanted.value))
})
render(<App />, document.getElementById('root')!)
startOffline()
