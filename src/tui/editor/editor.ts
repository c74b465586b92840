// The YAML editor as a pure reducer over a CodeMirror state: keys in, new state and at most one wish (save, close, cancel) out.
import { chord, type Key } from '../input/keys.ts'
import { editLine, emptyLine, type Line } from '../input/line.ts'
import type { EditProblem, EditRequest } from '../world.ts'
import {
  type Buffer,
  backspace,
  copy,
  createBuffer,
  cut,
  deleteBy,
  findNext,
  goToLine,
  insertText,
  type Motion,
  move,
  newline,
  outdent,
  redoEdit,
  selectAll,
  tab,
  textOf,
  toggleComment,
  undoEdit,
} from './buffer.ts'

/** What the status line says; the words are in the texts. */
export type EditorMessage = 'saved' | 'notFound' | 'unchanged' | 'restored'

export interface EditorModel {
  requestId: string
  path: string
  program: string
  language: 'yaml' | 'text'
  buffer: Buffer
  /** As last saved (or opened). */
  savedText: string
  /** The API's word on what was last saved. */
  problems: EditProblem[]
  clipboard: string
  mode: 'edit' | 'find' | 'goto' | 'confirm'
  field: Line
  lastQuery: string
  message: EditorMessage | undefined
}

export type EditorWish = 'save' | 'close' | 'cancel'

export interface EditorResult {
  model: EditorModel
  wish?: EditorWish
}

/** Opens a file; `draft` is what was typed before a crash. */
export const openEditor = (request: EditRequest, draft?: string): EditorModel => {
  const restored = draft !== undefined && draft !== request.text
  const start = createBuffer(request.text)
  const buffer = restored ? start.update({ changes: { from: 0, to: start.doc.length, insert: draft } }).state : start
  const first = request.problems.find((problem) => problem.line !== undefined)
  return {
    requestId: request.id,
    path: request.path,
    program: request.program,
    language: request.language,
    buffer: first && !restored ? goToLine(buffer, first.line!) : buffer,
    savedText: request.text,
    problems: request.problems,
    clipboard: '',
    mode: 'edit',
    field: emptyLine,
    lastQuery: '',
    message: restored ? 'restored' : undefined,
  }
}

export const isDirty = (model: EditorModel): boolean => textOf(model.buffer) !== model.savedText

/** After the host has saved: the text counts as clean. */
export const markSaved = (model: EditorModel, problems: EditProblem[]): EditorModel => ({
  ...model,
  savedText: textOf(model.buffer),
  problems,
  message: problems.length > 0 ? undefined : 'saved',
})

const MOTIONS: Record<string, Motion> = {
  left: 'left',
  right: 'right',
  up: { lines: -1 },
  down: { lines: 1 },
  home: 'home',
  end: 'end',
  'ctrl+left': 'wordLeft',
  'ctrl+right': 'wordRight',
  'alt+left': 'wordLeft',
  'alt+right': 'wordRight',
  'alt+b': 'wordLeft',
  'alt+f': 'wordRight',
  'ctrl+home': 'start',
  'ctrl+end': 'finish',
  'ctrl+a': 'home',
  'ctrl+e': 'end',
  'ctrl+b': 'left',
  'ctrl+p': { lines: -1 },
  'ctrl+n': { lines: 1 },
  wheelup: { lines: -3 },
  wheeldown: { lines: 3 },
  'alt+<': 'start',
  'alt+>': 'finish',
}

const motionOf = (name: string, pageRows: number): { motion: Motion; extend: boolean } | undefined => {
  const extend = name.includes('shift+')
  const base = name.replace('shift+', '')
  if (base === 'pageup') return { motion: { lines: -pageRows }, extend }
  if (base === 'pagedown') return { motion: { lines: pageRows }, extend }
  const motion = MOTIONS[base]
  return motion && { motion, extend }
}

const EDITS: Record<string, (buffer: Buffer, model: EditorModel) => Buffer> = {
  enter: (buffer, model) => newline(buffer, model.language === 'yaml'),
  tab,
  'shift+tab': outdent,
  backspace,
  'ctrl+h': backspace,
  'shift+backspace': backspace,
  delete: (buffer) => deleteBy(buffer, 'right'),
  'ctrl+d': (buffer) => deleteBy(buffer, 'right'),
  'ctrl+w': (buffer) => deleteBy(buffer, 'wordLeft'),
  'alt+backspace': (buffer) => deleteBy(buffer, 'wordLeft'),
  'alt+d': (buffer) => deleteBy(buffer, 'wordRight'),
  'ctrl+z': undoEdit,
  'alt+u': undoEdit,
  'ctrl+_': toggleComment,
  'ctrl+r': redoEdit,
  'alt+z': redoEdit,
  'ctrl+t': toggleComment,
  'alt+;': toggleComment,
  'alt+a': selectAll,
}

const edited = (model: EditorModel, buffer: Buffer): EditorResult => ({ model: { ...model, buffer, message: undefined } })

const leave = (model: EditorModel): EditorResult => {
  if (!isDirty(model)) return { model, wish: 'cancel' }
  return { model: { ...model, mode: 'confirm', message: undefined } }
}

const find = (model: EditorModel, query: string): EditorResult => {
  const buffer = findNext(model.buffer, query)
  const base = { ...model, mode: 'edit' as const, lastQuery: query || model.lastQuery }
  return { model: buffer ? { ...base, buffer, message: undefined } : { ...base, message: 'notFound' } }
}

const textKey = (model: EditorModel, key: Key, pageRows: number): EditorResult => {
  if (key.kind !== 'key') return edited(model, insertText(model.buffer, key.text))
  const name = chord(key)
  switch (name) {
    case 'ctrl+s':
      return { model, wish: 'save' }
    case 'ctrl+x':
      return { model, wish: 'close' }
    case 'ctrl+c':
    case 'ctrl+q':
      return leave(model)
    case 'ctrl+f':
      return { model: { ...model, mode: 'find', field: { ...emptyLine, text: model.lastQuery, cursor: model.lastQuery.length } } }
    case 'alt+n':
    case 'f3':
      return find(model, model.lastQuery)
    case 'ctrl+g':
      return { model: { ...model, mode: 'goto', field: emptyLine } }
    case 'ctrl+k': {
      const { buffer, text } = cut(model.buffer)
      return edited({ ...model, clipboard: text }, buffer)
    }
    case 'alt+w':
      return { model: { ...model, clipboard: copy(model.buffer) } }
    case 'ctrl+u':
    case 'ctrl+y':
      return edited(model, insertText(model.buffer, model.clipboard))
  }
  const motion = motionOf(name, pageRows)
  if (motion) return { model: { ...model, buffer: move(model.buffer, motion.motion, motion.extend), message: undefined } }
  const edit = EDITS[name]
  return edit ? edited(model, edit(model.buffer, model)) : { model }
}

const fieldKey = (model: EditorModel, key: Key): EditorResult => {
  const name = chord(key)
  const text = model.field.text
  if (name === 'escape' || name === 'ctrl+c') return { model: { ...model, mode: 'edit' } }
  if (name === 'enter' && model.mode === 'find') return find(model, text)
  if (name === 'enter') {
    // `:wq` habits: the field of "go to line" understands vi's ways to leave.
    if (/^:?(?:wq|x)!?$/.test(text)) return { model: { ...model, mode: 'edit' }, wish: 'close' }
    if (/^:?w$/.test(text)) return { model: { ...model, mode: 'edit' }, wish: 'save' }
    if (/^:?q!$/.test(text)) return { model: { ...model, mode: 'edit' }, wish: 'cancel' }
    if (/^:?q$/.test(text)) return leave({ ...model, mode: 'edit' })
    const line = Number(text.replace(/^:/, ''))
    return { model: { ...model, mode: 'edit', buffer: line > 0 ? goToLine(model.buffer, line) : model.buffer } }
  }
  const field = editLine(model.field, key)
  return { model: field ? { ...model, field } : model }
}

const confirmKey = (model: EditorModel, key: Key, answers: { yes: string; no: string }): EditorResult => {
  const typed = key.kind === 'text' ? key.text.toLowerCase() : chord(key)
  const back: EditorModel = { ...model, mode: 'edit' }
  if (typed === answers.yes || typed === 'enter') return { model: back, wish: 'close' }
  if (typed === answers.no) return { model: back, wish: 'cancel' }
  if (typed === 'escape' || typed === 'ctrl+c') return { model: back }
  return { model }
}

/** One key press. `pageRows` is what a page scrolls; `answers` are the letters for yes and no in the player's language. */
export const editorKey = (model: EditorModel, key: Key, pageRows: number, answers: { yes: string; no: string }): EditorResult => {
  if (model.mode === 'confirm') return confirmKey(model, key, answers)
  if (model.mode !== 'edit') return fieldKey(model, key)
  // Esc opens the line that takes a line number and vi's commands, so that fingers used to `Esc :wq` get what they expect.
  if (key.kind === 'key' && chord(key) === 'escape')
    return { model: { ...model, mode: 'goto', field: { ...emptyLine, text: ':', cursor: 1 } } }
  return textKey(model, key, pageRows)
}
