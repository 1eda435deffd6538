/** Who is signed in. The session is a cookie that the page cannot read; that there is one is remembered. */

import { computed, signal } from '@preact/signals'

import { ask, NoAnswer } from './ask'
import {
  ChangeUser, CreateFeed, DeleteUser, Register, RotateFeed, Sessions, SignIn, SignOut, Viewer,
  type Me, type Mistake, type SessionsAnswer, type UpdateUserInput,
} from './generated'
import { deviceName } from './device'
import { kept } from './kept'

/** `undefined` until the gateway has said it. */
export const viewer = signal<Me | null | undefined>(undefined)
export const registrationOpen = signal(true)
/** Accounts cannot be reached, while all else works. */
export const isUnavailable = signal(false)
const remembered = kept('signed-in', false)

export const isSignedIn = computed(() => (viewer.value === undefined ? remembered.value : Boolean(viewer.value)))

function arrive(me: Me | null): void {
  viewer.value = me
  remembered.value = Boolean(me)
}

export async function meet(): Promise<void> {
  try {
    const answer = await ask(Viewer, {})
    registrationOpen.value = answer.server.registrationOpen
    arrive(answer.viewer)
  } catch (error) {
    // Offline, whoever was signed in still is.
    if (!(error instanceof NoAnswer) || error.why === 'offline') return
    isUnavailable.value = true
    viewer.value = null
  }
}

type Outcome = Promise<Mistake[]>

export async function register(email: string, password: string): Outcome {
  const { registerUser } = await ask(Register, { input: { email, password, deviceName: deviceName() } })
  if (registerUser.viewer) arrive(registerUser.viewer)
  return registerUser.userErrors
}

export async function signIn(email: string, password: string): Outcome {
  const { createSession } = await ask(SignIn, { input: { email, password, deviceName: deviceName() } })
  if (createSession.viewer) arrive(createSession.viewer)
  return createSession.userErrors
}

export async function signOut(allDevices = false): Outcome {
  const { revokeSession } = await ask(SignOut, { input: { allDevices } })
  if (!revokeSession.userErrors.length) arrive(null)
  return revokeSession.userErrors
}

export type Session = NonNullable<SessionsAnswer['viewer']>['sessions'][number]

/** Where they are signed in, this device first. */
export async function sessions(): Promise<Session[]> {
  const all = (await ask(Sessions, {})).viewer?.sessions ?? []
  return [...all.filter(({ isCurrent }) => isCurrent), ...all.filter(({ isCurrent }) => !isCurrent)]
}

/** One that has ended by itself is as good as ended. */
export async function end({ id }: Session): Outcome {
  const { userErrors } = (await ask(SignOut, { input: { sessionId: id } })).revokeSession
  return userErrors.filter(({ code }) => code !== 'SESSION_NOT_FOUND')
}

export async function change(input: UpdateUserInput): Outcome {
  const { updateUser } = await ask(ChangeUser, { input })
  if (updateUser.viewer) arrive(updateUser.viewer)
  return updateUser.userErrors
}

export async function erase(password: string): Outcome {
  const { deleteUser } = await ask(DeleteUser, { input: { password } })
  if (deleteUser.deletedUserId) arrive(null)
  return deleteUser.userErrors
}

export async function makeFeed(anew: boolean): Outcome {
  const { calendarFeed, userErrors } = anew
    ? (await ask(RotateFeed, {})).rotateCalendarFeed
    : (await ask(CreateFeed, {})).createCalendarFeed
  if (calendarFeed && viewer.value) viewer.value = { ...viewer.value, calendarFeed }
  return userErrors
}
