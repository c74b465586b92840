/** Which nodes get a block device, which lose it, and who has to wait. */
import { expect, test } from 'vitest'
import type { Pod } from '../../src/api/generated/types/core-v1.ts'
import { type AttachInput, FORCE_DETACH_MS, multiAttachMessage, planAttachments } from '../../src/storage/attach-detach/plan.ts'

const on = (name: string, node: string, namespace = 'n'): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid: name }, spec: { nodeName: node, containers: [] } }) as Pod
const plan = (input: Partial<AttachInput>): ReturnType<typeof planAttachments> =>
  planAttachments({ nowMs: 1_000_000, exclusive: true, users: [], held: [], answers: () => true, ...input })
const silent = { answers: () => false }

test.each<[string, Partial<AttachInput>, { attach?: string[]; detach?: string[]; refused?: string[]; againMs?: number }]>([
  ['a first pod', { users: [on('a', 'x')] }, { attach: ['x'] }],
  ['a second pod on the same node', { users: [on('a', 'x'), on('b', 'x')], held: [{ node: 'x' }] }, {}],
  ['a pod on another node', { users: [on('a', 'x'), on('b', 'y')], held: [{ node: 'x' }] }, { refused: ['b'] }],
  ['two at once on two nodes', { users: [on('a', 'x'), on('b', 'y')] }, { attach: ['x'], refused: ['b'] }],
  ['a shared device', { exclusive: false, users: [on('a', 'x'), on('b', 'y')], held: [{ node: 'x' }] }, { attach: ['y'] }],
  ['nobody uses it any more', { held: [{ node: 'x' }] }, { detach: ['x'] }],
  ['it moves', { users: [on('b', 'y')], held: [{ node: 'x' }] }, { detach: ['x'], attach: ['y'] }],
  ['a silent node keeps it', { users: [on('b', 'y')], held: [{ node: 'x' }], ...silent }, { refused: ['b'], againMs: FORCE_DETACH_MS }],
  [
    'a silent node keeps it for six minutes',
    { users: [on('b', 'y')], held: [{ node: 'x', unusedMs: 1_000_000 - FORCE_DETACH_MS + 5 }], ...silent },
    { refused: ['b'], againMs: 5 },
  ],
  [
    'and no longer',
    { users: [on('b', 'y')], held: [{ node: 'x', unusedMs: 1_000_000 - FORCE_DETACH_MS }], ...silent },
    { detach: ['x'], attach: ['y'] },
  ],
])('%s', (_what, input, { attach = [], detach = [], refused = [], againMs }) => {
  const found = plan(input)
  expect({
    attach: found.attach,
    detach: found.detach,
    refused: found.refused.map((p) => p.metadata.name),
    againMs: found.againMs,
  }).toEqual({
    attach,
    detach,
    refused,
    againMs,
  })
})

test.each([
  ['pods of the namespace are named', [on('a', 'y')], 'Volume is already used by pod(s) a'],
  ['others are counted', [on('a', 'y', 'm')], 'Volume is already used by 1 pod(s) in different namespaces'],
  ['both', [on('a', 'y'), on('b', 'z', 'm')], 'Volume is already used by pod(s) a and 1 pod(s) in different namespaces'],
  ['nobody any more', [], "Volume is already exclusively attached to one node and can't be attached to another"],
])('the error: %s', (_what, others, text) => {
  expect(multiAttachMessage('v', on('p', 'x'), others)).toBe(`Multi-Attach error for volume "v" ${text}`)
})
