/** Who dies when memory runs out: the memory table of the course notes, and the rules behind it. */
import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/generated/types/core-v1.ts'
import { type Consumer, evictionMessage, evictionVictim, oomScoreAdjust, oomVictim } from '../../src/node/kubelet/eviction.ts'

const GI = 1024 ** 3
const consumer = (name: string, usedGi: number, requestGi: number | undefined, qosClass: string, priority = 0): Consumer => {
  const container = { name, image: name, resources: requestGi === undefined ? {} : { requests: { memory: `${requestGi}Gi` } } }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: name, namespace: 'lab' },
    spec: { containers: [container], priority },
    status: { qosClass },
  } as unknown as Pod
  return { pod, container: container as Consumer['container'], containerId: name, usedBytes: usedGi * GI }
}

describe('oom_score_adj', () => {
  test.each([
    ['Guaranteed is nearly safe', consumer('a', 1, 1, 'Guaranteed'), -997],
    ['BestEffort goes first', consumer('a', 1, undefined, 'BestEffort'), 1000],
    ['Burstable by its share of the node', consumer('a', 1, 5, 'Burstable'), 500],
    ['Burstable that asks for nearly nothing stays under BestEffort', consumer('a', 1, 0.001, 'Burstable'), 999],
    ['Burstable that asks for all stays above Guaranteed', consumer('a', 1, 10, 'Burstable'), 3],
  ])('%s', (_name, c, expected) => expect(oomScoreAdjust(c.pod, c.container, 10 * GI)).toBe(expected))
})

test('the notes: on a node of 10 GB, wp beyond its request dies, not the database within its own', () => {
  const wp = consumer('wp', 7.1, 5, 'Burstable')
  const mariadb = consumer('mariadb', 3, 3, 'Burstable')
  expect(oomVictim([mariadb, wp], 10 * GI)?.pod.metadata.name).toBe('wp')
})

test('a container that uses nothing is never the victim', () => {
  expect(oomVictim([consumer('idle', 0, undefined, 'BestEffort')], 10 * GI)).toBeUndefined()
})

describe('the kubelet evicts', () => {
  test.each([
    [
      'who exceeds its request before who does not',
      [consumer('within', 6, 7, 'Burstable'), consumer('beyond', 2, 1, 'Burstable')],
      'beyond',
    ],
    ['the lowest priority among those', [consumer('high', 5, 1, 'Burstable', 100), consumer('low', 2, 1, 'Burstable', 1)], 'low'],
    ['the most beyond among equals', [consumer('little', 2, 1, 'Burstable'), consumer('much', 5, 1, 'Burstable')], 'much'],
  ])('%s', (_name, consumers, victim) => expect(evictionVictim(consumers)?.pod.metadata.name).toBe(victim))

  test('never a node-critical pod', () => {
    expect(evictionVictim([consumer('proxy', 5, 1, 'Burstable', 2_000_001_000)])).toBeUndefined()
  })

  test('and says what was low and who used it', () => {
    const victim = evictionVictim([consumer('web', 2, 1, 'Burstable')])!
    expect(evictionMessage(victim, 100 * 1024 * 1024, 50 * 1024 * 1024)).toBe(
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container web was using 2Gi, request is 1Gi, has larger consumption of memory. ',
    )
  })
})
