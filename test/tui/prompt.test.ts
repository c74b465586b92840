// The prompt's reducer: keys in, text, cursor and effects out.
import { describe, expect, test } from 'vitest'
import { type Key, press } from '../../src/tui/input/keys.ts'
import { emptyPrompt, type PromptContext, type PromptEffect, type PromptState, promptKey } from '../../src/tui/input/prompt.ts'
import { FakeWorld } from './fake-world.ts'

const world = new FakeWorld()
const context: PromptContext = {
  completeness: (text) => world.completeness(text),
  complete: (text, cursor) => world.complete(text, cursor),
}

/** `<name>` is a key, everything else is typed. */
const keysOf = (script: string): Key[] =>
  (script.match(/<[^<> ]+>|<|[^<]+/g) ?? []).map((part) =>
    /^<[^<> ]+>$/.test(part) ? press(part.slice(1, -1)) : { kind: 'text', text: part },
  )

const play = (script: string | Key[], history: string[] = []): { state: PromptState; effects: PromptEffect[]; shown: string } => {
  let state = emptyPrompt(history)
  const effects: PromptEffect[] = []
  for (const key of typeof script === 'string' ? keysOf(script) : script) {
    const result = promptKey(state, key, context)
    state = result.state
    if (result.effect) effects.push(result.effect)
  }
  const { text, cursor } = state.line
  return { state, effects, shown: `${text.slice(0, cursor)}|${text.slice(cursor)}` }
}

const HISTORY = ['kubectl get pods', 'echo one', 'kubectl get svc']

describe('prompt', () => {
  test.each<[string, string, string]>([
    ['typing', 'get pods', 'get pods|'],
    ['left and insert', 'ac<left>b', 'ab|c'],
    ['start and end', 'bc<ctrl+a>a<ctrl+e>d', 'abcd|'],
    ['home and end keys', 'bc<home>a<end>d', 'abcd|'],
    ['backspace', 'abc<backspace>', 'ab|'],
    ['delete', 'abc<home><delete>', '|bc'],
    ['ctrl-d deletes when there is text', 'abc<home><ctrl+d>', '|bc'],
    ['a combining mark goes with its letter', 'e\u0301x<left><left>a', 'a|e\u0301x'],
    ['backspace over a wide emoji family', 'a👨‍👩‍👧<backspace>', 'a|'],
    ['ctrl-w cuts to the blank', 'get pods/web-1<ctrl+w>', 'get |'],
    ['alt-backspace cuts a word', 'get pods/web<alt+backspace>', 'get pods/|'],
    ['ctrl-u cuts to the start', 'get pods<left><ctrl+u>', '|s'],
    ['ctrl-k cuts to the end', 'get pods<home><alt+f><ctrl+k>', 'get|'],
    ['cut and paste', 'get pods<ctrl+w>x <ctrl+y>', 'get x pods|'],
    ['two cuts in a row are one', 'a b c<ctrl+w><ctrl+w><ctrl+y>', 'a b c|'],
    ['alt-y gives the cut before', 'aa<ctrl+u>bb<ctrl+u><ctrl+y><alt+y>', 'aa|'],
    ['words back and forward', 'one two three<alt+b><alt+b>X', 'one X|two three'],
    ['alt-d cuts the next word', 'one two<home><alt+d>', '| two'],
    ['transpose', 'ab<ctrl+t>', 'ba|'],
    ['undo', 'ab<ctrl+w><ctrl+_>', 'ab|'],
    ['open quote goes on', "echo 'a<enter>b", "echo 'a\nb|"],
    ['up and down within several lines', "echo 'ab<enter>cd<up>X", "ecX|ho 'ab\ncd"],
  ])('%s', (_, script, expected) => {
    expect(play(script).shown).toBe(expected)
  })

  test.each<[string, string, string]>([
    ['up is the last', '<up>', 'kubectl get svc|'],
    ['up twice', '<up><up>', 'echo one|'],
    ['down comes back to what was typed', 'dra<up><up><down><down>', 'dra|'],
    ['search finds the newest', '<ctrl+r>get', 'kubectl |get svc'],
    ['search again finds the one before', '<ctrl+r>get<ctrl+r>', 'kubectl |get pods'],
    ['search left by an arrow keeps the line', '<ctrl+r>one<end>!', 'echo one!|'],
    ['search given up restores the line', 'dra<ctrl+r>one<ctrl+g>', 'dra|'],
    ['last argument', 'describe <alt+.>', 'describe svc|'],
    ['interrupt keeps the line within reach', 'precious<ctrl+c><up>', 'precious|'],
  ])('history: %s', (_, script, expected) => {
    expect(play(script, HISTORY).shown).toBe(expected)
  })

  test.each<[string, string, string]>([
    ['the only one, with a blank', 'kub<tab>', 'kubectl |'],
    ['the common part', 'get se<tab>', 'get se|'],
    ['then the first', 'get pod<tab><tab>', 'get pods|'],
    ['then the next', 'get pod<tab><tab><tab>', 'get pods.metrics|'],
    ['and back', 'get pod<tab><tab><tab><shift+tab>', 'get pods|'],
    ['enter takes the chosen one', 'get pod<tab><tab><enter>', 'get pods|'],
    ['nothing fits', 'get zzz<tab>', 'get zzz|'],
  ])('completion: %s', (_, script, expected) => {
    expect(play(script).shown).toBe(expected)
  })

  test('enter hands over the line and remembers it', () => {
    const { state, effects } = play('echo hi<enter>')
    expect(effects).toEqual([{ type: 'submit', text: 'echo hi' }])
    expect(state.line.text).toBe('')
    expect(state.history).toEqual(['echo hi'])
  })

  test('a pasted here-document stays one input', () => {
    const yaml = "kubectl apply -f - <<EOF\nkind: Pod\nmetadata:\n\tname: 'x'\nEOF"
    const { effects } = play([{ kind: 'paste', text: yaml }, press('enter')])
    expect(effects).toEqual([{ type: 'submit', text: yaml }])
  })

  test('ctrl-d on an empty line is the end of input', () => {
    expect(play('<ctrl+d>').effects).toEqual([{ type: 'endOfInput' }])
  })
})
