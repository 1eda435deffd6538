/** Signing up, in and out, and what belongs to an account. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

import { NoAnswer } from '../ask'
import { mergedCount } from '../favourites'
import type { Mistake } from '../generated'
import { say } from '../language'
import { change, erase, isUnavailable, register, registrationOpen, signIn, viewer } from '../viewer'
import { CalendarFeed } from '../parts/calendar-feed'
import { Sessions } from '../parts/sessions'

const SHORTEST = 10

/** In the page's language where it has words for it, else in the gateway's. */
const wordsOf = ({ code, message }: Mistake) => say.value.mistakes[code] ?? message

/** A form that says what is wrong beside the button that was pressed. */
function Form({ send, button, danger = false, children, done }: { send: (fields: FormData) => Promise<Mistake[]>; button: string; danger?: boolean; children: ComponentChildren; done?: string }) {
  const isBusy = useSignal(false)
  const wrong = useSignal('')
  const isDone = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    isBusy.value = true
    isDone.value = false
    const mistakes = await send(new FormData(form.current!)).catch((error: unknown) => error)
    isBusy.value = false
    wrong.value = Array.isArray(mistakes) ? mistakes.map(wordsOf).join(' ') : mistakes instanceof NoAnswer && mistakes.why === 'offline' ? say.value.offlineTitle : say.value.failedTitle
    isDone.value = !wrong.value
    if (isDone.value) form.current?.reset()
  }
  return (
    <form ref={form} class="form" onSubmit={event => void submit(event)}>
      {children}
      {wrong.value && <p class="note" role="alert">{wrong.value}</p>}
      <p class="buttons">
        <button class={danger ? 'button danger' : 'main'} disabled={isBusy.value}>{button}</button>
        {isDone.value && done && <span class="hint" role="status">{done}</span>}
      </p>
    </form>
  )
}

type Field = { name: string; label: string; isSecret?: boolean; complete: string; hint?: string; value?: string; optional?: boolean }

const Input = ({ name, label, isSecret, complete, hint, value, optional }: Field) => (
  <label class="field">
    <span>{label}</span>
    <input {...(isSecret ? { type: 'password' as const } : name === 'email' ? { type: 'email' as const } : { type: 'text' as const })} name={name} autocomplete={complete} required={!optional} minLength={complete === 'new-password' ? SHORTEST : undefined} defaultValue={value} aria-describedby={hint ? `${name}-hint` : undefined} />
    {hint && <small id={`${name}-hint`}>{hint}</small>}
  </label>
)

const text = (fields: FormData, name: string) => String(fields.get(name) ?? '')

function Enter() {
  const isNew = useSignal(false)
  return (
    <section class="panel enter">
      <h1>{isNew.value ? say.value.register : say.value.signIn}</h1>
      <p class="hint">{say.value.accountHint}</p>
      <Form
        key={String(isNew.value)}
        button={isNew.value ? say.value.register : say.value.signIn}
        send={fields => (isNew.value ? register : signIn)(text(fields, 'email'), text(fields, 'password'))}
      >
        <Input name="email" label={say.value.email} complete="username" />
        {isNew.value ? (
          <Input name="password" isSecret label={say.value.password} complete="new-password" hint={say.value.passwordHint} />
        ) : (
          <Input name="password" isSecret label={say.value.password} complete="current-password" />
        )}
      </Form>
      {registrationOpen.value ? (
        <button type="button" class="text-button" onClick={() => (isNew.value = !isNew.value)}>
          {isNew.value ? say.value.haveAccount : say.value.noAccount}
        </button>
      ) : (
        <p class="hint">{say.value.registrationClosed}</p>
      )}
    </section>
  )
}

const Profile = () => (
  <section class="panel">
    <h2>{say.value.profile}</h2>
    <Form button={say.value.save} done={say.value.saved} send={fields => change({ displayName: text(fields, 'name') || null })}>
      <Input key={viewer.value?.displayName ?? ''} name="name" label={say.value.displayName} complete="name" value={viewer.value?.displayName ?? ''} optional />
    </Form>
  </section>
)

const Password = () => (
  <section class="panel">
    <h2>{say.value.changePassword}</h2>
    <Form button={say.value.save} done={say.value.saved} send={fields => change({ currentPassword: text(fields, 'current'), newPassword: text(fields, 'new') })}>
      <Input name="current" isSecret label={say.value.currentPassword} complete="current-password" />
      <Input name="new" isSecret label={say.value.newPassword} complete="new-password" hint={say.value.passwordHint} />
    </Form>
  </section>
)

const Erase = () => (
  <section class="panel">
    <details>
      <summary>{say.value.deleteTitle}</summary>
      <p class="hint">{say.value.deleteHint}</p>
      <Form danger button={say.value.deleteForGood} send={fields => erase(text(fields, 'proof'))}>
        <Input name="proof" isSecret label={say.value.password} complete="current-password" />
      </Form>
    </details>
  </section>
)

export function AccountPage() {
  if (!viewer.value) {
    return (
      <div class="narrow">
        {isUnavailable.value && <p class="note" role="status">{say.value.unavailable}</p>}
        <Enter />
      </div>
    )
  }
  return (
    <div class="narrow">
      <h1>{say.value.account}</h1>
      <p class="hint">{say.value.signedInAs(viewer.value.displayName ?? viewer.value.email ?? '')}</p>
      {mergedCount.value > 0 && <p class="note good" role="status">{say.value.merged(mergedCount.value)}</p>}
      <CalendarFeed />
      <Profile />
      <Password />
      <Sessions />
      <Erase />
    </div>
  )
}
