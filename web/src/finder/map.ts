/** The map: land and borders that are served with the page, or street tiles where the operator has set some. */

import 'leaflet/dist/leaflet.css'

import { canvas, geoJSON, map as leafletMap, tileLayer, type GeoJSON, type Map as LeafletMap } from 'leaflet'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import atlas from 'world-atlas/countries-50m.json?url'

import { say } from './language'

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>

const set = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches

export function openMap(element: HTMLElement): LeafletMap {
  const moves = !isStill()
  const map = leafletMap(element, {
    minZoom: 2, maxZoom: 17, zoomSnap: 0.5, worldCopyJump: true, zoomControl: false, preferCanvas: true,
    zoomAnimation: moves, fadeAnimation: moves, markerZoomAnimation: moves, inertia: moves,
  })
  map.attributionControl.setPrefix(false)
  map.setView([50, 10], 4)
  return map
}

const landStyle = () => ({ color: 'transparent', weight: 0, fillColor: colour('--land'), fillOpacity: 1, interactive: false })
const borderStyle = () => ({ color: colour('--border-line'), weight: 1, fill: false, interactive: false })

async function drawLand(map: LeafletMap): Promise<void> {
  const world = (await (await fetch(atlas)).json()) as Atlas
  const renderer = canvas({ padding: 0.5 })
  const options = { renderer, interactive: false } as const
  const land: GeoJSON = geoJSON(feature(world, world.objects.land), { ...options, style: landStyle })
  const borders: GeoJSON = geoJSON(mesh(world, world.objects.countries, (one, other) => one !== other), { ...options, style: borderStyle })
  land.addTo(map)
  borders.addTo(map)
  map.attributionControl.addAttribution(say.value.landCredit)
  const repaint = () => {
    land.setStyle(landStyle())
    borders.setStyle(borderStyle())
  }
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const themed = new MutationObserver(repaint)
  dark.addEventListener('change', repaint)
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  map.on('unload', () => {
    dark.removeEventListener('change', repaint)
    themed.disconnect()
  })
}

/** What the events stand on. */
export async function drawGround(map: LeafletMap): Promise<void> {
  const tiles = set('map-tiles')
  if (tiles) tileLayer(tiles, { maxZoom: 19, attribution: set('map-attribution') }).addTo(map)
  else await drawLand(map)
}
