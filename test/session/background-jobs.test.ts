/** Commands sent to the background at the prompt go on while time passes, and are theirs to list, fetch and end, as in bash. */
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

function prompt() {
  const session = new Session({ world: { preset: 'bare', seed: '1' } })
  const said = (line: string): string => session.run(line).output
  const printed = (): string =>
    session
      .take()
      .map((c) => c.text)
      .join('')
  said('kubectl create configmap first')
  session.advance(1_000)
  return { session, said, printed }
}

describe('background jobs', () => {
  test('a watch prints what happens while the prompt is free', () => {
    const { session, said, printed } = prompt()
    expect(said('kubectl get cm -w &')).toContain('first')
    session.world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'second', namespace: 'default' } })
    session.advance(1_000)
    expect(printed()).toMatch(/^second +0 +/)
    expect(said('kubectl create configmap third')).toMatch(/configmap\/third created\n/)
    session.advance(10)
    expect(said('jobs')).toMatch(/^\[1\]\+ {2}Running +kubectl get cm -w &\n$/)
  })

  test('each row of a long watch has its columns', () => {
    const { session, said, printed } = prompt()
    said('kubectl get cm -w &')
    for (const name of ['a', 'b', 'c']) {
      session.world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } })
      session.advance(1_000)
    }
    expect(printed()).toMatch(/^a +0 +0s\nb +0 +0s\nc +0 +0s\n$/)
  })

  test.each([
    ['awk \'{print NR ":" $1}\'', '3:second\n'],
    ['sed -n "s/^second.*/found/p"', 'found\n'],
    ["tr -s ' ' | cut -d' ' -f1", 'second\n'],
    ['grep second | cut -c1-3', 'sec\n'],
  ])('kubectl get -w --no-headers | %s prints as it comes', (filter, printedNow) => {
    const { session, said, printed } = prompt()
    said(`kubectl get cm -w --no-headers | ${filter} &`)
    session.world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'second', namespace: 'default' } })
    session.advance(1_000)
    expect(printed()).toBe(printedNow)
    expect(said('kill %1; sleep 1')).not.toContain('second\n')
  })

  test('jq works on each document when it is whole', () => {
    const { session, said, printed } = prompt()
    expect(said('kubectl get cm -w -o json | jq -r .metadata.name &')).toContain('first\n')
    session.world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'second', namespace: 'default' } })
    session.advance(1_000)
    expect(printed()).toBe('second\n')
  })

  test('a foreground command beside a waiting one gets its own answer', () => {
    const { said } = prompt()
    said('kubectl wait --for=create cm/later --timeout=60s &')
    expect(said('kubectl wait --for=create cm/first --timeout=5s')).toBe('configmap/first condition met\n')
    expect(said('kubectl create cm later; sleep 1')).toContain('configmap/later condition met')
  })

  test('what sleeps in the background goes on without the prompt', () => {
    const { session, said } = prompt()
    said('(sleep 30; kubectl delete cm first) &')
    session.advance(31_000)
    expect(said('kubectl get cm first')).toContain('NotFound')
  })

  test('the end of a job is told at the next prompt', () => {
    const { session, said, printed } = prompt()
    said('sleep 5 &')
    session.advance(6_000)
    expect(printed()).toBe('')
    expect(said('true')).toMatch(/^\[1\]\+ {2}Done +sleep 5\n$/)
  })

  test('kill ends the command itself', () => {
    const { session, said, printed } = prompt()
    said('kubectl get cm -w &')
    said('kill %1')
    said('kubectl create configmap third')
    session.advance(1_000)
    expect(printed()).toBe('')
    expect(said('jobs')).toBe('')
  })

  test('Ctrl-C ends the command in front, not the ones behind', () => {
    const { session, said, printed } = prompt()
    said('kubectl get cm -w &')
    session.begin('sleep 100')
    session.advance(1_000)
    session.interrupt()
    expect(session.running).toBe(false)
    expect(session.exitCode).toBe(130)
    printed()
    expect(said('jobs')).toContain('Running')
    session.begin('fg %1')
    session.advance(1_000)
    expect(session.running).toBe(true)
    session.interrupt()
    expect(session.running).toBe(false)
    printed()
    expect(said('jobs')).toBe('')
  })

  test('undo ends jobs of the prompt it leaves, and what began before it is told as ended', () => {
    const { session, said } = prompt()
    said('kubectl get cm -w &')
    said('kubectl delete cm first')
    expect(session.undo()).toBe(true)
    expect(said('kubectl get cm first -o name')).toContain('configmap/first')
    expect(said('jobs')).toBe('')
  })

  test('a journal with jobs gives the same state however time is sliced', () => {
    const play = (slices: number): string => {
      const { session, said } = prompt()
      said('kubectl wait --for=create cm/third --timeout=60s && kubectl create cm fourth &')
      for (let i = 0; i < slices; i++) session.advance(6_000 / slices)
      said('(sleep 2; kubectl create cm third) &')
      for (let i = 0; i < slices; i++) session.advance(6_000 / slices)
      return session.world.stateHash()
    }
    expect(play(6)).toBe(play(1))
  })
})
