/**
 * The scheduling queue: active pods by priority and age; pods that failed wait as unschedulable until a change concerns what rejected them,
 * then as long as their back-off lasts. What must survive a rewind (attempts, reasons) lies in cells; the rest is derived.
 */
import TinyQueue from 'tinyqueue'
import { getOrMake } from '../lib/get-or-make.ts'
import type { Cells } from '../sim/state.ts'
import type { PodInfo } from './pod-info.ts'

const INITIAL_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 10_000
export const UNSCHEDULABLE_FLUSH_MS = 300_000
const FAMILY = 'scheduler-attempt'

/** What is remembered of a pod's failed attempts. */
export interface Attempt {
  readonly attempts: number
  readonly failedAtMs: number
  /** Plugins that rejected it; empty after an error, which any change or time cures. */
  readonly plugins: readonly string[]
  readonly waiting: 'unschedulable' | 'backoff'
}

export type Place = 'active' | 'backoff' | 'unschedulable' | 'gated'

interface Entry {
  info: PodInfo
  place: Place
  addedMs: number
  seq: number
  plugins: readonly string[]
}

export const backoffMs = (attempts: number): number => Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** Math.max(0, attempts - 1))

/** Whether a change may help pods that a plugin rejected; a function where that depends on the pod. */
export type Concern = boolean | ((info: PodInfo) => boolean)

const groupOf = (plugins: readonly string[]): string => plugins.join()

interface Timers {
  set(uid: string, dueMs: number): void
  cancel(uid: string): void
}

const ahead = (a: Entry, b: Entry): number => b.info.priority - a.info.priority || a.addedMs - b.addedMs || a.seq - b.seq

export class SchedulingQueue {
  readonly #cells: Cells
  readonly #timers: Timers
  readonly #now: () => number
  #entries = new Map<string, Entry>()
  #active = new TinyQueue<Entry>([], ahead)
  /** By the plugins that rejected them: a change that concerns none of these passes all of them by at once. */
  #unschedulable = new Map<string, Map<string, Entry>>()
  #seq = 0

  constructor(cells: Cells, timers: Timers, now: () => number) {
    this.#cells = cells
    this.#timers = timers
    this.#now = now
  }

  clear(): void {
    this.#entries = new Map()
    this.#active = new TinyQueue<Entry>([], ahead)
    this.#unschedulable = new Map()
  }

  #park(entry: Entry): void {
    getOrMake(this.#unschedulable, groupOf(entry.plugins), () => new Map<string, Entry>()).set(entry.info.uid, entry)
  }

  #unpark(entry: Entry): void {
    const key = groupOf(entry.plugins)
    const group = this.#unschedulable.get(key)
    if (group?.delete(entry.info.uid) && group.size === 0) this.#unschedulable.delete(key)
  }

  place(uid: string): Place | undefined {
    return this.#entries.get(uid)?.place
  }

  /** Takes in a pod, new or changed. `gated` keeps it aside. */
  put(info: PodInfo, gated: boolean): void {
    const known = this.#entries.get(info.uid)
    const entry = known ?? { info, place: 'gated' as Place, addedMs: this.#now(), seq: this.#seq++, plugins: [] }
    entry.info = info
    this.#entries.set(info.uid, entry)
    if ((known !== undefined && known.place !== 'gated') || gated) return
    const attempt = known === undefined ? this.#cells.get<Attempt>(FAMILY, info.uid) : undefined
    if (attempt === undefined) this.#activate(entry)
    else this.#restore(entry, attempt)
  }

  /** Its timer is set already: only the place is found again. */
  #restore(entry: Entry, attempt: Attempt): void {
    entry.place = attempt.waiting
    entry.plugins = attempt.plugins
    if (attempt.waiting === 'unschedulable') this.#park(entry)
  }

  /** No longer waits; what cells remember of it is left to `tidy`, since this is called while changes are being told. */
  drop(uid: string): void {
    const entry = this.#entries.get(uid)
    if (entry === undefined) return
    this.#entries.delete(uid)
    this.#unpark(entry)
  }

  /** Forgets the attempts of a pod that does not wait any more. */
  tidy(uid: string): void {
    if (this.#entries.has(uid) || this.#cells.get(FAMILY, uid) === undefined) return
    this.#cells.delete(FAMILY, uid)
    this.#timers.cancel(uid)
  }

  /** The pod's own change may help it. */
  retry(uid: string): void {
    const entry = this.#entries.get(uid)
    if (entry?.place === 'unschedulable') this.#awake(entry)
  }

  #activate(entry: Entry): void {
    entry.place = 'active'
    this.#unpark(entry)
    this.#active.push(entry)
  }

  /** The next pod to schedule; it stays known until `failed` or `drop`. */
  pop(): PodInfo | undefined {
    for (let entry = this.#active.pop(); entry !== undefined; entry = this.#active.pop())
      if (this.#entries.get(entry.info.uid) === entry && entry.place === 'active') return entry.info
    return undefined
  }

  /** An attempt did not place it; `plugins` rejected it, none when something went wrong. */
  failed(uid: string, plugins: readonly string[]): void {
    const entry = this.#entries.get(uid)
    if (entry === undefined) return
    const attempts = (this.#cells.get<Attempt>(FAMILY, uid)?.attempts ?? 0) + 1
    const waiting = plugins.length > 0 ? 'unschedulable' : 'backoff'
    this.#cells.put(FAMILY, uid, { attempts, failedAtMs: this.#now(), plugins, waiting } satisfies Attempt)
    entry.place = waiting
    entry.plugins = plugins
    if (waiting === 'unschedulable') this.#park(entry)
    this.#timers.set(uid, this.#now() + (waiting === 'unschedulable' ? UNSCHEDULABLE_FLUSH_MS : backoffMs(attempts)))
  }

  /** Wakes the unschedulable pods that a change concerns, as it is asked of each rejecting plugin: all of them, none, or those that a look at the pod picks. */
  wake(concerns: (plugin: string) => Concern): void {
    for (const group of [...this.#unschedulable.values()]) {
      const asked = group.values().next().value!.plugins.map(concerns)
      const looks = asked.filter((c) => typeof c === 'function')
      const all = asked.includes(true)
      if (!all && looks.length === 0) continue
      for (const entry of [...group.values()]) if (all || looks.some((look) => look(entry.info))) this.#awake(entry)
    }
  }

  get anyWaits(): boolean {
    return this.#unschedulable.size > 0
  }

  #awake(entry: Entry): void {
    const { uid } = entry.info
    this.#unpark(entry)
    const attempt = this.#cells.get<Attempt>(FAMILY, uid)
    const dueMs = attempt === undefined ? 0 : attempt.failedAtMs + backoffMs(attempt.attempts)
    if (attempt === undefined || dueMs <= this.#now()) {
      this.#timers.cancel(uid)
      this.#activate(entry)
      return
    }
    entry.place = 'backoff'
    this.#cells.put(FAMILY, uid, { ...attempt, waiting: 'backoff' } satisfies Attempt)
    this.#timers.set(uid, dueMs)
  }

  /** A pod's timer fired: its back-off is over, or it has waited for a change long enough. */
  due(uid: string): void {
    const entry = this.#entries.get(uid)
    if (entry !== undefined && (entry.place === 'backoff' || entry.place === 'unschedulable')) this.#activate(entry)
  }
}
