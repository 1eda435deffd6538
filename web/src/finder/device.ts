/** What this device calls itself, so that its owner knows it again among their sessions. */

type Hinted = Navigator & { userAgentData?: { brands: Array<{ brand: string }>; platform: string } }

const BROWSERS: Array<[string, RegExp]> = [['Edge', /Edg/], ['Opera', /OPR/], ['Firefox', /Firefox/], ['Chrome', /Chrome/], ['Safari', /Safari/]]
const SYSTEMS: Array<[string, RegExp]> = [
  ['Android', /Android/], ['iPhone', /iPhone/], ['iPad', /iPad/], ['Windows', /Windows/], ['macOS', /Mac OS/], ['Linux', /Linux/],
]

const named = (names: Array<[string, RegExp]>): string | undefined => names.find(([, pattern]) => pattern.test(navigator.userAgent))?.[0]

/** "Firefox, Linux". */
export function deviceName(): string | null {
  const { userAgentData } = navigator as Hinted
  return [named(BROWSERS), userAgentData?.platform || named(SYSTEMS)].filter(Boolean).join(', ') || null
}
