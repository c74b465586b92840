import { expect, test } from 'vitest'
import { World } from '../../src/cluster/world.ts'

test('an Event is gone an hour after it last happened, not before', () => {
  const world = new World({ preset: 'bare', seed: 'expiry' })
  const node = world.cluster.read.list('nodes')[0]!
  const messages = () => world.cluster.read.list('events').map((e) => e.message)
  world.cluster.recorder('tester').event(node, 'Normal', 'Once', 'happened once')
  world.cluster.recorder('tester').event(node, 'Normal', 'Again', 'happened twice')
  world.advance(1_800_000)
  world.cluster.recorder('tester').event(node, 'Normal', 'Again', 'happened twice')
  world.advance(1_500_000)
  expect(messages()).toContain('happened once')
  world.advance(700_000)
  expect(messages()).not.toContain('happened once')
  expect(messages()).toContain('happened twice')
  world.advance(1_800_000)
  expect(messages()).not.toContain('happened twice')
})
