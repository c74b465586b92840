/** The game from the command line, in a real pseudo-terminal at 80×24: playing, breaking off, coming back, handing in, replaying. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { LEVEL, newHome, program, run, Screen } from './program.ts'

beforeAll(() => void program(), 120_000)
const open: Screen[] = []
afterEach(() => {
  for (const screen of open.splice(0)) screen.kill()
})

const start = (args: readonly string[], options: ConstructorParameters<typeof Screen>[1] = {}): Screen => {
  const screen = new Screen(args, options)
  open.push(screen)
  return screen
}

const FIX = `kubectl patch service web -p '{"spec":{"selector":{"app":"web"}}}'`

test('a level is played with mistakes, broken off, gone on with, solved, handed in and replayed', async () => {
  const home = newHome()
  const first = start(['play', LEVEL], { home })
  await first.until('~ $ ')
  first.send('kubectl gte pods\r')
  await first.until('unknown command "gte"')
  first.send('kubectl get pods -w\r')
  await first.until('Ctrl-C stops it')
  first.send('\u0003')
  await first.until('^C')
  first.resize(120, 40)
  await first.until(/Events/)
  first.resize(80, 24)
  first.send(`${FIX}\r`)
  await first.until('service/web patched')
  first.send('answer col')
  await first.until('$ answer col')
  first.kill('SIGTERM')
  expect(await first.exited).toBe(143)

  const second = start(['play', LEVEL], { home })
  const screen = await second.until('$ answer col')
  expect(screen).toContain('service/web patched')
  expect(screen).not.toContain('waiting')
  second.send('\t b\r')
  await second.until('Labels, not names.')
  second.send('\r')
  await second.until('Levels')
  second.send('\u001b[21~')
  expect(await second.exited).toBe(0)

  const out = join(home, 'handed-in.jsonl')
  const list = run(['submit', LEVEL, '--out', out], { home })
  expect(list.stdout).toContain('wrote')
  expect(list.code).toBe(0)
  const replayed = run(['replay', out, '--level', LEVEL], { home })
  expect(replayed.stdout).toContain('as recorded')
  expect(replayed.code).toBe(0)
  const forged = readFileSync(out, 'utf8').replaceAll(/"stateHash":"[0-9a-f]+"/g, '"stateHash":"00"')
  writeFileSync(out, forged)
  expect(run(['replay', out, '--level', LEVEL], { home })).toMatchObject({ code: 3 })
  const cast = run(['replay', out, '--level', LEVEL, '--to', 'asciicast'], { home })
  const [header, ...events] = cast.stdout
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l) as unknown)
  expect(header).toMatchObject({ version: 2, width: 100, height: 30 })
  const times = events.map((e) => (e as [number])[0])
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(cast.stdout).toContain('service/web patched')
  rmSync(home, { recursive: true })
})

test('a game that is killed loses nothing that was entered', async () => {
  const home = newHome()
  const first = start(['play', LEVEL], { home })
  await first.until('~ $ ')
  first.send('echo precious > note\r')
  await first.until(/echo precious > note\s+~ \$ /)
  await new Promise((r) => setTimeout(r, 500))
  first.kill('SIGKILL')
  await first.exited
  const second = start(['play', LEVEL], { home })
  await second.until('Back where you left')
  second.send('cat note\r')
  await second.until(/cat note\s+precious/)
})

test('Spanish', async () => {
  const screen = start(['play', LEVEL, '--lang', 'es'])
  const shown = await screen.until('~ $ ')
  expect(shown).toContain('Un Service que encuentra sus pods')
  expect(shown).toContain('Objetivos')
  screen.send('brief\r')
  await screen.until('Haz que encuentre sus pods')
})

test('the plain prompt: continuation lines, Ctrl-C, a save that the game shares', async () => {
  const home = newHome()
  const screen = start(['sh', LEVEL], { home, env: { TERM: 'dumb' } })
  await screen.until('~ $ ')
  screen.send('for i in 1 2; do\r')
  await screen.until('> ')
  screen.send('echo n$i; done\r')
  await screen.until('n2')
  screen.send('kubectl get pods -w\r')
  await screen.until('web-')
  screen.send('\u0003')
  screen.send('echo after\r')
  await screen.until(/ after\s*\n/)
  screen.send('exit\r')
  expect(await screen.exited).toBe(0)
  const game = start(['play', LEVEL], { home })
  await game.until('Back where you left')
})
