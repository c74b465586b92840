// The YAML editor's reducer and its drawing.
import { describe, expect, test } from 'vitest'
import { textOf } from '../../src/tui/editor/buffer.ts'
import { type EditorModel, type EditorWish, editorKey, isDirty, markSaved, openEditor } from '../../src/tui/editor/editor.ts'
import { editorView } from '../../src/tui/editor/view.ts'
import { yamlProblems } from '../../src/tui/editor/yaml-check.ts'
import { type Key, press } from '../../src/tui/input/keys.ts'
import { rowText, rowWidth } from '../../src/tui/text/spans.ts'
import { textsFor } from '../../src/tui/texts/index.ts'

const YES = { yes: 'y', no: 'n' }
const open = (text: string, draft?: string) =>
  openEditor({ id: '1', path: 'a.yaml', text, language: 'yaml', program: 'edit', problems: [] }, draft)
const keysOf = (script: string): Key[] =>
  (script.match(/<[^<> ]+>|[^<]+/g) ?? []).map((part) => (part.startsWith('<') ? press(part.slice(1, -1)) : { kind: 'text', text: part }))

const type = (start: EditorModel, script: string): { model: EditorModel; wishes: EditorWish[] } => {
  let model = start
  const wishes: EditorWish[] = []
  for (const key of keysOf(script)) {
    const result = editorKey(model, key, 10, YES)
    model = result.model
    if (result.wish) wishes.push(result.wish)
  }
  return { model, wishes }
}

describe('editor', () => {
  test.each<[string, string, string, string]>([
    ['types at the start', 'b', 'a', 'ab'],
    ['indents after a key', '', 'spec:<enter>x: 1', 'spec:\n  x: 1'],
    ['keeps the indentation', '', '  a: 1<enter>b: 2', '  a: 1\n  b: 2'],
    ['aligns under a list item', '', '- name: a<enter>image: b', '- name: a\n  image: b'],
    ['indents a block scalar', '', 'run: |<enter>echo', 'run: |\n  echo'],
    ['backspace goes back a step', '', 'spec:<enter><backspace>kind: x', 'spec:\nkind: x'],
    ['tab goes to the next stop', 'a', '<tab>', '  a'],
    ['tab indents a selection', 'a\nb', '<alt+a><tab>', '  a\n  b'],
    ['shift-tab outdents', '  a', '<shift+tab>', 'a'],
    ['comments and uncomments', 'a: 1', '<ctrl+t>', '# a: 1'],
    ['undo', 'a', 'xyz<ctrl+z>', 'a'],
    ['redo', 'a', 'xyz<ctrl+z><ctrl+r>', 'xyza'],
    ['cut and paste a line', 'a\nb\n', '<ctrl+k><down><ctrl+u>', 'b\na\n'],
    ['selection is replaced', 'abc', '<shift+right><shift+right>X', 'Xc'],
    ['find selects', 'a\nneedle', '<ctrl+f>need<enter>X', 'a\nXle'],
    ['go to line', 'a\nb\nc', '<ctrl+g>3<enter>X', 'a\nb\nXc'],
    ['moving by lines comes back to its column', 'long line\nx\nlong line', '<end><down><down>!', 'long line\nx\nlong line!'],
    ['delete joins lines', 'a\nb', '<end><delete>', 'ab'],
  ])('%s', (_, text, script, expected) => {
    expect(textOf(type(open(text), script).model.buffer)).toBe(expected)
  })

  test('a paste is kept as it is, without added indentation', () => {
    const yaml = 'a:\n  b:\n    - c\n'
    expect(textOf(editorKey(open(''), { kind: 'paste', text: yaml }, 10, YES).model.buffer)).toBe(yaml)
  })

  test.each<[string, string, EditorWish[]]>([
    ['save', 'x<ctrl+s>', ['save']],
    ['save and close', 'x<ctrl+x>', ['close']],
    ['leave unchanged', '<ctrl+c>', ['cancel']],
    ['leave changed asks first', 'x<ctrl+c>', []],
    ['and yes saves', 'x<ctrl+c>y', ['close']],
    ['and no throws away', 'x<ctrl+c>n', ['cancel']],
    ['and Esc goes on', 'x<ctrl+c><escape>y', []],
    ['vi: :wq', 'x<escape>wq<enter>', ['close']],
    ['vi: :q!', 'x<escape>q!<enter>', ['cancel']],
  ])('%s', (_, script, expected) => {
    expect(type(open('a'), script).wishes).toEqual(expected)
  })

  test('saved text is clean; undo makes it dirty again', () => {
    const { model } = type(open('a'), 'x')
    const saved = markSaved(model, [])
    expect(isDirty(saved)).toBe(false)
    expect(isDirty(type(saved, '<ctrl+z>').model)).toBe(true)
  })

  test('a draft comes back, and undo shows the file', () => {
    const model = open('a', 'typed before the crash')
    expect(textOf(model.buffer)).toBe('typed before the crash')
    expect(textOf(type(model, '<ctrl+z>').model.buffer)).toBe('a')
  })

  test('syntax errors have lines', () => {
    expect(yamlProblems('a: 1\nb: [1\nc: "x')[0]?.line).toBeGreaterThan(1)
    expect(yamlProblems('a: 1\n---\nb: 2\n')).toEqual([])
  })

  test('the view fits, follows the cursor both ways and shows problems', () => {
    const long = Array.from({ length: 100 }, (_, i) => `key${i}: ${'v'.repeat(200)}`).join('\n')
    let { model } = type(open(long), '<ctrl+end>')
    model = { ...model, problems: [{ line: 100, message: 'no such field' }] }
    const view = editorView(model, textsFor('en'), 80, 23, { top: 0, left: 0 })
    expect(view.rows).toHaveLength(23)
    for (const row of view.rows) expect(rowWidth(row)).toBeLessThanOrEqual(80)
    expect(view.cursor.x).toBeLessThan(80)
    expect(view.cursor.y).toBeLessThan(23)
    const shown = view.rows.map(rowText).join('\n')
    expect(shown).toContain('100!')
    expect(shown).toContain('line 100: no such field')
  })
})
