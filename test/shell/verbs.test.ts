/** The prompt's own commands, on a level and on a free cluster. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Attempt } from '../../src/game/attempt.ts'
import { Seat } from '../../src/game/seat.ts'
import type { Lang } from '../../src/shell/contract.ts'
import { FIRST, fixtureCatalogue } from '../game/play-fixture.ts'

const seat = (lang: Lang, level = true): Seat => {
  const opening = { level: level ? fixtureCatalogue().level(FIRST) : undefined, preset: 'bare' as const, lang, canEdit: false }
  return new Seat(new Attempt(opening), opening, undefined)
}

const run = (at: Seat, command: string): string => {
  at.submit(command)
  let text = at
    .take()
    .output.map((o) => o.text)
    .join('')
  for (let i = 0; at.attempt.session.running && i < 1000; i++) {
    at.advance(100)
    text += at
      .take()
      .output.map((o) => o.text)
      .join('')
  }
  return text
}

describe('on a level', () => {
  let at: Seat
  beforeEach(() => {
    at = seat('en')
  })

  test.each<[string, RegExp, number]>([
    ['brief', /^# A Service that finds its pods\n\nThe Service \*\*web\*\*/, 0],
    ['check', /◌ The Service has two endpoints \(waiting 0\/3\)[\s\S]*✓ Two pods run[\s\S]*Score 0 of 4\./, 1],
    ['hint', /^Compare the selector/, 0],
    ['answer', /color: What does a Service match on\?\n {4}a {2}names\n {4}b {2}labels/, 0],
    ['answer color', /usage/, 2],
    ['answer colour b', /no question "colour"; there are: color/, 1],
    ['answer color z', /"z" is none of the choices: a, b/, 1],
    ['answer color LABELS', /Noted/, 0],
    ['submit', /clusterlab submit fixtures\/first-service --out first-service\.jsonl/, 0],
    ['fault crash node/node-a', /only in the sandbox/, 1],
    ['helm install x', /must either provide a name or specify --generate-name/, 1],
    ['ssh node-a hostname', /^node-a\n$/, 0],
    ['help', /Commands of the game:[\s\S]*why OBJECT[\s\S]*rollout[\s\S]*grep[\s\S]*export/, 0],
    ['help why', /why OBJECT/, 0],
    ['help nonsense', /no command "nonsense"/, 1],
    ['undo; echo x', /works only as a command of its own/, 0],
    ['trace', /usage: trace URL/, 2],
    ['trace http://nowhere.example/', /✗ name[\s\S]*No answer \(no such name\)/, 1],
    ['trace "a b"', /no URL/, 2],
  ])('%s', (command, says, exitCode) => {
    expect(run(at, command)).toMatch(says)
    expect(at.attempt.session.exitCode).toBe(exitCode)
  })

  test('trace goes the way of a request', () => {
    run(at, 'kubectl expose deployment web --port=80 --name=front --type=NodePort')
    const port = run(at, `kubectl get service front -o jsonpath='{.spec.ports[0].nodePort}'`)
    const told = run(at, `trace http://192.168.0.101:${port}`)
    expect(told).toMatch(/from the office PC[\s\S]*nodeport[\s\S]*shop\/web-/)
  })

  test('time is told at the door', () => {
    expect(run(at, 'time')).toMatch(
      /Time in the cluster: +2026-11-02 08:00:\d\d\nSince you came: +0:00\nTime left: +30:00\nCommands: +0 \(the author took 3\)/,
    )
    expect(at.attempt.session.journal.records).toEqual([])
  })
})

describe('on a free cluster', () => {
  test.each<[string, RegExp, number]>([
    ['brief', /free cluster/, 0],
    ['check', /nothing to check/, 1],
    ['fault', /usage: fault KIND TARGET/, 2],
    ['fault crash node/node-z', /no node "node-z"; there are/, 1],
    ['fault melt node/node-a', /"melt" is not simulated/, 1],
    ['fault kill app=none', /no pod fits app=none/, 1],
    ['fault crash node/node-a', /crash: node-a/, 0],
  ])('%s', (command, says, exitCode) => {
    const at = seat('en', false)
    expect(run(at, command)).toMatch(says)
    expect(at.attempt.session.exitCode).toBe(exitCode)
  })
})

test('Spanish', () => {
  const at = seat('es')
  expect(run(at, 'brief')).toMatch(/^# Un Service que encuentra sus pods/)
  expect(run(at, 'answer color c')).toContain('no es ninguna de las opciones')
  expect(run(at, 'help')).toContain('Comandos del juego')
  expect(run(at, 'time')).toContain('Desde que entraste')
})
