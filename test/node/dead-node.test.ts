/** What the API server says when it asks a kubelet that cannot be reached. */
import { beforeEach, expect, test } from 'vitest'
import { applyFault } from '../../src/cluster/faults/index.ts'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
  session.write(
    'pod.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  nodeName: node-a\n  containers: [{name: c, image: "nginx:1.27"}]\n',
  )
  session.run('kubectl apply -f pod.yaml')
  session.advance(20_000)
})

const off = (kind: string): void => void applyFault(session.world, { kind, target: { node: 'node-a' } })

test.each([
  ['the machine is off', () => off('crash'), 'i/o timeout'],
  ['its cable is pulled', () => off('cut'), 'i/o timeout'],
  ['only the kubelet is stopped', () => session.run('ssh node-a systemctl stop kubelet'), 'connect: connection refused'],
])('%s', (_, act, why) => {
  act()
  const at = `dial tcp 192.168.0.101:10250: ${why}`
  expect(session.run('kubectl logs p')).toMatchObject({
    output: `Error from server: Get "https://192.168.0.101:10250/containerLogs/default/p/c": ${at}\n`,
    exitCode: 1,
  })
  expect(session.run('kubectl exec p -- ls').output).toBe(`Error from server: error dialing backend: ${at}\n`)
})
