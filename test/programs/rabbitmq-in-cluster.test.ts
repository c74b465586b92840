/** RabbitMQ's tools in a pod, and guest from its own machine only. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test('the tools ask the node of their own pod; another pod is refused as guest', () => {
  const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  const said = (command: string): string => session.run(command).output
  said(
    'kubectl run mq --image=rabbitmq:4.1-management; kubectl run c --image=curlimages/curl --command -- sleep 36000; kubectl wait pod mq c --for=condition=Ready; sleep 15',
  )
  expect(said('kubectl exec mq -- rabbitmqctl status')).toContain('Status of node rabbit@mq')
  expect(said('kubectl exec mq -- rabbitmqadmin declare queue name=q')).toBe('queue declared\n')
  const asked = said(
    "kubectl exec c -- curl -s -u guest:guest http://$(kubectl get pod mq -o jsonpath='{.status.podIP}'):15672/api/overview",
  )
  expect(asked).toContain('User can only log in via localhost')
})
