/** What stands above every page. */

import { chosen, language, languages, say, type Language } from '../language'
import { keptCount } from '../favourites'
import { page } from '../route'
import { theme, themes } from '../theme'
import { isSignedIn } from '../viewer'
import { Icon } from './icons'

const Settings = () => (
  <>
    <button type="button" class="nav" popovertarget="settings" aria-label={say.value.settings} title={say.value.settings}>
      <Icon name="sliders" />
    </button>
    <div id="settings" popover="auto" role="dialog" aria-label={say.value.settings}>
      <label class="field">
        <span>{say.value.language}</span>
        <select value={language.value} onChange={({ currentTarget }) => (chosen.value = currentTarget.value as Language)}>
          {Object.entries(languages).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
        </select>
      </label>
      <label class="field">
        <span>{say.value.appearance}</span>
        <select value={theme.value} onChange={({ currentTarget }) => (theme.value = themes[currentTarget.selectedIndex]!)}>
          {themes.map(each => <option key={each} value={each}>{say.value.themes[each]}</option>)}
        </select>
      </label>
    </div>
  </>
)

const current = (name: string) => (page.value.name === name ? 'page' : undefined)

export const Header = () => (
  <header class="top">
    <div class="inner">
      <a class="logo" href="/" aria-label={say.value.home}>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M4 7h24a2 2 0 0 1 2 2v4a3 3 0 0 0 0 6v4a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-4a3 3 0 0 0 0-6V9a2 2 0 0 1 2-2Z" />
          <path d="M20 8.5v15" />
        </svg>
        <span>Event gateway</span>
      </a>
      <nav>
        <a class="nav" href="/favourites" aria-current={current('favourites')}>
          <Icon name="heart" />
          <span class="wide">{say.value.favourites}</span>
          {keptCount.value > 0 && <span class="count">{keptCount.value}</span>}
        </a>
        <a class="nav" href="/agenda" aria-current={current('agenda')}>
          <Icon name="calendar" />
          <span class="wide">{say.value.agenda}</span>
        </a>
        <a class="nav" href="/account" aria-current={current('account')}>
          <Icon name="user" />
          <span class="wide">{isSignedIn.value ? say.value.account : say.value.signIn}</span>
        </a>
        <Settings />
      </nav>
    </div>
  </header>
)
