/** The one screen: what is looked for, and what there is. */

import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'

import { Lazily } from '../lazily'
import { say } from '../language'
import { Credits } from '../parts/credits'
import { Blank, Rows, Skeletons } from '../parts/days'
import { Failed } from '../parts/failed'
import { Icon, type IconName } from '../parts/icons'
import { SearchForm } from '../parts/search-form'
import { Strip } from '../parts/strip'
import { want, wanted } from '../route'
import { failure, isEmpty, isReadingOn, isSearching, readOn, results, search } from '../search'
import { anything, isNarrow, sortOf, sortsFor, type View } from '../wanted'

const views: Array<[View, IconName]> = [['list', 'list'], ['map', 'map'], ['calendar', 'calendar']]

const Views = () => (
  <div class="views" role="group" aria-label={say.value.view}>
    {views.map(([view, icon]) => (
      <button key={view} type="button" aria-pressed={wanted.value.view === view} onClick={() => want({ view })}>
        <Icon name={icon} />
        <span>{say.value.views[view]}</span>
      </button>
    ))}
  </div>
)

function Order() {
  const sorts = sortsFor(wanted.value)
  if (sorts.length < 2 || wanted.value.view !== 'list') return null
  return (
    <label class="field order">
      <span class="sr">{say.value.sort}</span>
      <select value={sortOf(wanted.value)} onChange={({ currentTarget }) => want({ sort: sorts[currentTarget.selectedIndex]! })}>
        {sorts.map(sort => (
          <option key={sort} value={sort}>
            {say.value.sorts[sort] ?? sort}
          </option>
        ))}
      </select>
    </label>
  )
}

const Empty = () => (
  <Blank icon={<Icon name="ticket" />} title={say.value.emptyTitle} hint={say.value.emptyHint}>
    <p class="buttons">
      <button type="button" class="button" onClick={() => want(anything)}>{say.value.startAgain}</button>
    </p>
  </Blank>
)

/** The end of the list: it goes on by itself when it comes into view, and by a button for whoever has no wheel. */
function End() {
  const end = useRef<HTMLDivElement>(null)
  useSignalEffect(() => {
    if (!results.value.more || isReadingOn.value || failure.value || !end.current) return
    const watch = new IntersectionObserver(([seen]) => seen?.isIntersecting && void readOn(), { rootMargin: '600px' })
    watch.observe(end.current)
    return () => watch.disconnect()
  })
  return (
    <div class="end" ref={end}>
      {results.value.more && (
        <button type="button" class="button" disabled={isReadingOn.value} onClick={() => void readOn()}>
          {isReadingOn.value ? say.value.loadingMore : say.value.showMore}
        </button>
      )}
      {results.value.complete && !results.value.more && results.value.rows.length > 0 && <p>{say.value.noMore}</p>}
    </div>
  )
}

const List = () => (
  <>
    <Strip />
    <div id="results">
      <Rows events={results.value.rows} sort={sortOf(wanted.value)} />
      {isSearching.value && <Skeletons count={results.value.rows.length ? 2 : 6} />}
      {isEmpty.value && <Empty />}
      {failure.value && <Failed failure={failure.value} again={results.value.rows.length ? () => void readOn() : () => search(wanted.value)} />}
      <End />
    </div>
    <Credits events={results.value.rows} />
  </>
)

const mapFailed = () => <Blank icon={<Icon name="map" />} title={say.value.mapFailed} hint="" />
const calendarFailed = () => <Blank icon={<Icon name="calendar" />} title={say.value.failedTitle} hint="" />

const Shown = () => {
  const { view } = wanted.value
  if (view === 'map') {
    return <Lazily key="map" load={() => import('./map-view').then(part => part.MapView)} loading={<div class="map loading" />} failed={mapFailed()} />
  }
  if (view === 'calendar') {
    return <Lazily key="calendar" load={() => import('./month-view').then(part => part.MonthView)} loading={<div class="month loading" />} failed={calendarFailed()} />
  }
  return <List />
}

export const SearchPage = () => (
  <>
    <div class="hero">
      <h1>{say.value.title}</h1>
      <SearchForm />
    </div>
    <div class="bar">
      <Views />
      <div class="bar-end">
        {isNarrow(wanted.value) && (
          <button type="button" class="text-button" onClick={() => want({ ...anything, sort: wanted.value.sort, view: wanted.value.view })}>
            {say.value.startAgain}
          </button>
        )}
        <Order />
      </div>
    </div>
    <Shown />
  </>
)
