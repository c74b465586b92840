/** DESIGN's rooms: a room imports only rooms listed before it (docs/adr/0004-rooms.md has the order and its exceptions). */
import { expect, test } from 'vitest'
import { importsOf, ROOMS, sources } from './sources.ts'

const rank = (room: string): number => ROOMS.indexOf(room)

test('every folder of src is a room', () => {
  expect([...new Set(sources.map((s) => s.room))].filter((room) => rank(room) < 0)).toEqual([])
})

test('a room imports only rooms listed before it', () => {
  const found: string[] = []
  for (const source of sources)
    for (const { file } of importsOf(source)) {
      if (file === undefined) continue
      if (!file.startsWith('src/')) found.push(`${source.path} imports ${file}, which is outside src`)
      else if (rank(file.split('/')[1]!) > rank(source.room)) found.push(`${source.path} imports ${file}`)
    }
  expect(found).toEqual([])
})

test.each(['kubectl', 'helm'])('%s sees the API by its contract only, never the store or the server', (room) => {
  const allowed = new Set(['lib', 'api', 'kinds', 'client', 'script', 'kubectl', room])
  const found: string[] = []
  for (const source of sources.filter((s) => s.room === room))
    for (const { file, typeOnly } of importsOf(source)) {
      if (file === undefined || allowed.has(file.split('/')[1]!)) continue
      if (file === 'src/apiserver/contract.ts' && typeOnly) continue
      found.push(`${source.path} imports ${file}`)
    }
  expect(found).toEqual([])
})

test('no file imports itself in a circle through other rooms', () => {
  const edges = new Map<string, string[]>()
  for (const source of sources)
    edges.set(
      source.path,
      importsOf(source).flatMap((i) => (i.file !== undefined && !i.typeOnly ? [i.file] : [])),
    )
  const state = new Map<string, 'open' | 'done'>()
  const circles: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      const circle = [...trail.slice(trail.indexOf(file)), file]
      if (new Set(circle.map((f) => f.split('/')[1])).size > 1) circles.push(circle.join(' → '))
      return
    }
    state.set(file, 'open')
    for (const next of edges.get(file) ?? []) visit(next, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of edges.keys()) visit(file, [])
  expect(circles).toEqual([])
})

test('nothing of the repository needs the folder beside it', () => {
  const reaching = sources.filter((s) => /['"`](\.\.\/)+shared\/|\/work\/shared/.test(s.text)).map((s) => s.path)
  expect(reaching).toEqual([])
})
