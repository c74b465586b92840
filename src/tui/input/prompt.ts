// The prompt as a pure reducer: readline's line editing with history, reverse search, completion and multi-line input.
import { chord, type Key } from './keys.ts'
import { editLine, emptyLine, insert, type Line, moveVertically, replaceRange, withText } from './line.ts'

/** What the reducer asks of the world: both are pure with respect to the prompt. */
export interface PromptContext {
  completeness(text: string): 'complete' | 'incomplete'
  complete(text: string, cursor: number): { from: number; to: number; candidates: { text: string; note?: string }[] }
}

export interface CandidateList {
  from: number
  /** End of what the chosen candidate (or the typed part) covers now. */
  to: number
  typed: string
  candidates: { text: string; note?: string }[]
  /** -1 while none is chosen. */
  chosen: number
}

export interface PromptState {
  line: Line
  /** Oldest first. */
  history: string[]
  /** Index into history while browsing it. */
  browsing: number | undefined
  /** What was typed before browsing began. */
  draft: string
  search: { query: string; index: number | undefined; before: string } | undefined
  list: CandidateList | undefined
}

export type PromptEffect = { type: 'submit'; text: string } | { type: 'interrupt' } | { type: 'endOfInput' } | { type: 'clear' }

export interface PromptResult {
  state: PromptState
  effect?: PromptEffect
  /** False when the key meant nothing to the prompt. */
  handled: boolean
}

const HISTORY_KEPT = 1000

export const emptyPrompt = (history: string[] = []): PromptState => ({
  line: emptyLine,
  history,
  browsing: undefined,
  draft: '',
  search: undefined,
  list: undefined,
})

const withLine = (state: PromptState, line: Line): PromptState => ({ ...state, line, list: undefined })

/** Remembers a line; repeats in a row and blank lines are not kept. */
export const remember = (history: string[], text: string): string[] =>
  text.trim() === '' || history.at(-1) === text ? history : [...history, text].slice(-HISTORY_KEPT)

const cleared = (state: PromptState, text: string): PromptState => ({
  ...state,
  line: withText(state.line, ''),
  history: remember(state.history, text),
  browsing: undefined,
  draft: '',
  search: undefined,
  list: undefined,
})

const browse = (state: PromptState, direction: -1 | 1): PromptState => {
  const at = state.browsing ?? state.history.length
  const next = at + direction
  if (next < 0 || next > state.history.length) return state
  const draft = state.browsing === undefined ? state.line.text : state.draft
  if (next === state.history.length) return { ...withLine(state, withText(state.line, draft)), browsing: undefined, draft: '' }
  return { ...withLine(state, withText(state.line, state.history[next]!)), browsing: next, draft }
}

const findBackwards = (history: string[], query: string, from: number): number | undefined => {
  for (let i = Math.min(from, history.length - 1); i >= 0; i--) if (history[i]!.includes(query)) return i
  return undefined
}

const searching = (state: PromptState, query: string, from: number): PromptState => {
  const search = state.search!
  const found = query === '' ? undefined : findBackwards(state.history, query, from)
  const index = found ?? (query === '' ? undefined : search.index)
  const text = found === undefined ? state.line.text : state.history[found]!
  const cursor = found === undefined ? state.line.cursor : text.indexOf(query)
  return { ...state, line: { ...withText(state.line, text), cursor }, search: { ...search, query, index } }
}

/** True when the search has a query that nothing in the history holds. */
export const searchFailed = (state: PromptState): boolean =>
  state.search !== undefined && state.search.query !== '' && !state.line.text.includes(state.search.query)

const searchKey = (state: PromptState, key: Key, context: PromptContext): PromptResult => {
  const search = state.search!
  if (key.kind === 'text') return { state: searching(state, search.query + key.text, search.index ?? state.history.length), handled: true }
  switch (chord(key)) {
    case 'ctrl+r':
      return { state: searching(state, search.query, (search.index ?? state.history.length) - 1), handled: true }
    case 'backspace':
      return { state: searching(state, search.query.slice(0, -1), state.history.length), handled: true }
    case 'ctrl+g':
    case 'ctrl+c':
      return { state: { ...withLine(state, withText(state.line, search.before)), search: undefined }, handled: true }
    case 'escape':
      return { state: { ...state, search: undefined }, handled: true }
    default:
      return promptKey({ ...state, search: undefined, browsing: search.index }, key, context)
  }
}

const commonPrefix = (texts: string[]): string => {
  let prefix = texts[0] ?? ''
  for (const text of texts) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

const choose = (state: PromptState, step: -1 | 1): PromptState => {
  const list = state.list!
  const count = list.candidates.length
  const chosen = list.chosen < 0 ? (step > 0 ? 0 : count - 1) : (list.chosen + step + count) % count
  const text = list.candidates[chosen]!.text
  const line = replaceRange(state.line, list.from, list.to, text)
  return { ...state, line, list: { ...list, chosen, to: list.from + text.length } }
}

const complete = (state: PromptState, context: PromptContext): PromptState => {
  if (state.list) return choose(state, 1)
  const { text, cursor } = state.line
  const { from, to, candidates } = context.complete(text, cursor)
  const [only] = candidates
  if (!only) return state
  if (candidates.length === 1) {
    const closing = /[/=:,.]$/.test(only.text) || text[to] === ' ' ? '' : ' '
    return withLine(state, replaceRange(state.line, from, to, only.text + closing))
  }
  const typed = text.slice(from, to)
  const prefix = commonPrefix(candidates.map((candidate) => candidate.text))
  const line = prefix.length > typed.length && prefix.startsWith(typed) ? replaceRange(state.line, from, to, prefix) : state.line
  const grown = line === state.line ? typed : prefix
  return { ...state, line, list: { from, to: from + grown.length, typed: grown, candidates, chosen: -1 } }
}

const enter = (state: PromptState, context: PromptContext): PromptResult => {
  if (state.list && state.list.chosen >= 0) return { state: { ...state, list: undefined }, handled: true }
  const { text } = state.line
  if (text.trim() !== '' && context.completeness(text) === 'incomplete') {
    const atEnd = { ...state.line, cursor: text.length }
    return { state: withLine(state, insert(atEnd, '\n')), handled: true }
  }
  return { state: cleared(state, text), effect: { type: 'submit', text }, handled: true }
}

const lastArgument = (state: PromptState): PromptState => {
  const word = state.history.at(-1)?.trim().split(/\s+/).at(-1)
  return word ? withLine(state, insert(state.line, word)) : state
}

const vertical = (state: PromptState, direction: -1 | 1): PromptState => {
  const moved = state.browsing === undefined || direction < 0 ? moveVertically(state.line, direction) : undefined
  return moved && state.line.text.includes('\n') ? withLine(state, moved) : browse(state, direction)
}

const named = (state: PromptState, name: string, context: PromptContext): PromptResult | undefined => {
  const done = (next: PromptState, effect?: PromptEffect): PromptResult => ({ state: next, handled: true, ...(effect && { effect }) })
  switch (name) {
    case 'enter':
      return enter(state, context)
    case 'alt+enter':
      return done(withLine(state, insert(state.line, '\n')))
    case 'tab':
      return done(complete(state, context))
    case 'shift+tab':
      return done(state.list ? choose(state, -1) : state)
    case 'up':
    case 'ctrl+p':
      return done(state.list ? choose(state, -1) : vertical(state, -1))
    case 'down':
    case 'ctrl+n':
      return done(state.list ? choose(state, 1) : vertical(state, 1))
    case 'ctrl+r':
      return done({ ...state, list: undefined, search: { query: '', index: undefined, before: state.line.text } })
    case 'alt+.':
      return done(lastArgument(state))
    case 'ctrl+l':
      return done(state, { type: 'clear' })
    case 'ctrl+c':
      // What was typed stays within reach of the up arrow.
      return done(cleared(state, state.line.text), { type: 'interrupt' })
    case 'ctrl+d':
      if (state.line.text === '') return done(state, { type: 'endOfInput' })
      return done(withLine(state, editLine(state.line, { kind: 'key', name: 'delete', char: '', ctrl: false, alt: false, shift: false })!))
    case 'escape':
      return state.list ? done({ ...state, list: undefined }) : undefined
    default:
      return undefined
  }
}

/** One key press at the prompt. */
export const promptKey = (state: PromptState, key: Key, context: PromptContext): PromptResult => {
  if (state.search) return searchKey(state, key, context)
  if (key.kind === 'key') {
    const result = named(state, chord(key), context)
    if (result) return result
  }
  const line = editLine(state.line, key)
  return line ? { state: withLine(state, line), handled: true } : { state, handled: false }
}
