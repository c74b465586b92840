// The editor's text: CodeMirror's immutable state without a view, with the cursor commands that need a view written here by line and column.
import { history, indentLess, indentMore, redo, toggleLineComment, undo } from '@codemirror/commands'
import { EditorSelection, EditorState, type StateCommand } from '@codemirror/state'
import { nextBoundary, previousBoundary } from '../input/line.ts'

export type Buffer = EditorState

/** A new buffer with the cursor at its start. */
export const createBuffer = (text: string): Buffer =>
  EditorState.create({
    doc: text,
    extensions: [
      history({ minDepth: 1000 }),
      EditorState.tabSize.of(2),
      EditorState.languageData.of(() => [{ commentTokens: { line: '#' } }]),
    ],
  })

/** Runs one of CodeMirror's state commands. */
export const run = (buffer: Buffer, command: StateCommand): Buffer => {
  let next = buffer
  command({
    state: buffer,
    dispatch: (transaction) => {
      next = transaction.state
    },
  })
  return next
}

export const textOf = (buffer: Buffer): string => buffer.doc.toString()

/** Line and column (UTF-16), both from 0, of the cursor. */
export const cursorOf = (buffer: Buffer): { line: number; column: number } => {
  const { head } = buffer.selection.main
  const line = buffer.doc.lineAt(head)
  return { line: line.number - 1, column: head - line.from }
}

/** Moves the cursor; with `extend` the selection's other end stays. `goal` is the column to come back to when moving on by lines. */
export const moveTo = (buffer: Buffer, head: number, extend = false, goal?: number): Buffer => {
  const { anchor } = buffer.selection.main
  const range = extend ? EditorSelection.range(anchor, head, goal) : EditorSelection.cursor(head, 0, undefined, goal)
  return buffer.update({ selection: EditorSelection.create([range]) }).state
}

/** Replaces the selection. */
export const insertText = (buffer: Buffer, text: string): Buffer =>
  buffer.update({ ...buffer.replaceSelection(text), userEvent: 'input.type' }).state

const deleteTo = (buffer: Buffer, target: number): Buffer => {
  const { main } = buffer.selection
  if (!main.empty) return buffer.update({ ...buffer.replaceSelection(''), userEvent: 'delete.selection' }).state
  const [from, to] = target < main.head ? [target, main.head] : [main.head, target]
  return from === to ? buffer : buffer.update({ changes: { from, to }, selection: { anchor: from }, userEvent: 'delete' }).state
}

const left = (buffer: Buffer, head: number): number => {
  const line = buffer.doc.lineAt(head)
  return head === line.from ? Math.max(0, head - 1) : line.from + previousBoundary(line.text, head - line.from)
}

const right = (buffer: Buffer, head: number): number => {
  const line = buffer.doc.lineAt(head)
  return head === line.to ? Math.min(buffer.doc.length, head + 1) : line.from + nextBoundary(line.text, head - line.from)
}

const word = (buffer: Buffer, head: number, direction: -1 | 1): number => {
  const text = buffer.doc
  const at = (i: number) => text.sliceString(i, i + 1)
  const inWord = (i: number) => i >= 0 && i < text.length && /[\p{L}\p{N}_]/u.test(at(i))
  let i = head
  if (direction < 0) {
    while (i > 0 && !inWord(i - 1)) i--
    while (i > 0 && inWord(i - 1)) i--
  } else {
    while (i < text.length && !inWord(i)) i++
    while (i < text.length && inWord(i)) i++
  }
  return i
}

/** The first press goes to the text, the second to the margin. */
const home = (buffer: Buffer, head: number): number => {
  const line = buffer.doc.lineAt(head)
  const indent = line.from + /^\s*/.exec(line.text)![0].length
  return head === indent ? line.from : indent
}

/** The offset `lines` away, in column `goal` where the line is long enough. */
const vertical = (buffer: Buffer, head: number, lines: number, goal: number): number => {
  const target = buffer.doc.lineAt(head).number + lines
  if (target < 1) return 0
  if (target > buffer.doc.lines) return buffer.doc.length
  const to = buffer.doc.line(target)
  const column = Math.min(to.length, goal)
  // Never inside a character of several code units.
  return to.from + (column === to.length ? column : previousBoundary(to.text, column + 1))
}

const goalOf = (buffer: Buffer): number => buffer.selection.main.goalColumn ?? cursorOf(buffer).column

export type Motion = 'left' | 'right' | 'wordLeft' | 'wordRight' | 'home' | 'end' | 'start' | 'finish' | { lines: number }

const target = (buffer: Buffer, motion: Motion): number => {
  const { head } = buffer.selection.main
  if (typeof motion === 'object') return vertical(buffer, head, motion.lines, goalOf(buffer))
  switch (motion) {
    case 'left':
      return left(buffer, head)
    case 'right':
      return right(buffer, head)
    case 'wordLeft':
      return word(buffer, head, -1)
    case 'wordRight':
      return word(buffer, head, 1)
    case 'home':
      return home(buffer, head)
    case 'end':
      return buffer.doc.lineAt(head).to
    case 'start':
      return 0
    case 'finish':
      return buffer.doc.length
  }
}

/** Moves by a motion. Left and right out of a selection go to its edge. */
export const move = (buffer: Buffer, motion: Motion, extend = false): Buffer => {
  const { main } = buffer.selection
  if (!extend && !main.empty && (motion === 'left' || motion === 'right')) return moveTo(buffer, motion === 'left' ? main.from : main.to)
  return moveTo(buffer, target(buffer, motion), extend, typeof motion === 'object' ? goalOf(buffer) : undefined)
}

export const deleteBy = (buffer: Buffer, motion: Motion): Buffer => deleteTo(buffer, target(buffer, motion))

/** Backspace: within the indentation it goes back to the tab stop before. */
export const backspace = (buffer: Buffer): Buffer => {
  const { main } = buffer.selection
  const line = buffer.doc.lineAt(main.head)
  const before = line.text.slice(0, main.head - line.from)
  if (main.empty && before.length > 0 && /^ +$/.test(before)) return deleteTo(buffer, main.head - (before.length % 2 === 0 ? 2 : 1))
  return deleteBy(buffer, 'left')
}

/** A new line with YAML's indentation: as the line before, one step more after `key:`, under the key after `- `. */
export const newline = (buffer: Buffer, indenting: boolean): Buffer => {
  if (!indenting) return insertText(buffer, '\n')
  const { from } = buffer.selection.main
  const line = buffer.doc.lineAt(from)
  const before = line.text.slice(0, from - line.from)
  const [, spaces = '', dashes = ''] = /^(\s*)((?:- +)*)/.exec(before) ?? []
  const opens = /:\s*(?:[|>][+-]?\d?)?\s*(?:#.*)?$/.test(before)
  const empty = before.trim() === '-' || before.trim() === ''
  const indent = empty ? before.replace(/\S.*/, '') : spaces + ' '.repeat(dashes.length + (opens ? 2 : 0))
  return insertText(buffer, `\n${indent}`)
}

/** Tab: indents the selected lines, or goes to the next stop. */
export const tab = (buffer: Buffer): Buffer => {
  if (!buffer.selection.main.empty) return run(buffer, indentMore)
  const { column } = cursorOf(buffer)
  return insertText(buffer, ' '.repeat(2 - (column % 2)))
}

/** Cuts the selection, or the whole line. */
export const cut = (buffer: Buffer): { buffer: Buffer; text: string } => {
  const { main } = buffer.selection
  const line = buffer.doc.lineAt(main.head)
  const from = main.empty ? line.from : main.from
  const to = main.empty ? Math.min(buffer.doc.length, line.to + 1) : main.to
  const text = buffer.sliceDoc(from, to)
  return { text, buffer: buffer.update({ changes: { from, to }, selection: { anchor: from }, userEvent: 'delete.cut' }).state }
}

/** What `cut` would take. */
export const copy = (buffer: Buffer): string => cut(buffer).text

export const outdent = (buffer: Buffer): Buffer => run(buffer, indentLess)
export const undoEdit = (buffer: Buffer): Buffer => run(buffer, undo)
export const redoEdit = (buffer: Buffer): Buffer => run(buffer, redo)
export const toggleComment = (buffer: Buffer): Buffer => run(buffer, toggleLineComment)
export const selectAll = (buffer: Buffer): Buffer => buffer.update({ selection: EditorSelection.single(0, buffer.doc.length) }).state

/** Selects the next place that holds `query` (any case), from the cursor and around; undefined when there is none. */
export const findNext = (buffer: Buffer, query: string): Buffer | undefined => {
  if (query === '') return undefined
  const text = textOf(buffer).toLowerCase()
  const wanted = query.toLowerCase()
  const from = buffer.selection.main.empty ? buffer.selection.main.from : buffer.selection.main.from + 1
  const after = text.indexOf(wanted, from)
  const at = after < 0 ? text.indexOf(wanted) : after
  if (at < 0) return undefined
  return buffer.update({ selection: EditorSelection.single(at, at + query.length) }).state
}

/** Goes to a line, counted from 1 and kept within the text. */
export const goToLine = (buffer: Buffer, line: number): Buffer =>
  moveTo(buffer, buffer.doc.line(Math.max(1, Math.min(buffer.doc.lines, line))).from)
