/** The page that is open, under the header that all share. */

import { useSignalEffect } from '@preact/signals'

import { say } from './language'
import { Header } from './parts/header'
import { Notice } from './parts/notice'
import { page, wanted } from './route'
import { AccountPage } from './views/account-page'
import { AgendaPage } from './views/agenda-page'
import { EventPage } from './views/event-page'
import { FavouritesPage } from './views/favourites-page'
import { SearchPage } from './views/search-page'

const Page = () => {
  const { value: open } = page
  switch (open.name) {
    case 'event':
      return <EventPage key={open.id} id={open.id} />
    case 'favourites':
      return <FavouritesPage />
    case 'agenda':
      return <AgendaPage />
    case 'account':
      return <AccountPage />
    case 'search':
      return <SearchPage />
  }
}

/** The title of the window, which is what a shared link and the history are called. */
const title = () => {
  const { title: on, favourites, agenda, account } = say.value
  const { text, spot } = wanted.value
  const named = { favourites, agenda, account, search: [text, spot?.name].filter(Boolean).join(' · ') || on, event: on }
  return `${named[page.value.name]} · Event gateway`
}

export function App() {
  useSignalEffect(() => {
    document.title = title()
  })
  return (
    <>
      <a class="skip" href="#main">{say.value.skip}</a>
      <Header />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Notice />
    </>
  )
}
