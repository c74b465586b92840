/** `kubectl port-forward` as the kubelet does it: messages go straight into the pod's network namespace, from its loopback. */
import type { ApiStream, PortMessage, PortReply } from '../apiserver/contract.ts'
import type { Delivered, Delivery, Origin } from '../network/contract.ts'
import type { Clock } from '../sim/loop.ts'

export function portStream(deliver: (port: number, message: Delivered) => Delivery, from: Origin, clock: Clock): ApiStream {
  const replies: PortReply[] = []
  let done = false
  return {
    take: () => replies.splice(0),
    get done() {
      return done
    },
    send: (frame) => {
      const { id, port, protocol, payload } = frame as PortMessage
      const delivery = deliver(port, { protocol, payload, from, sourceIp: '127.0.0.1', turn: clock.nowMs })
      if (delivery.kind === 'reply') replies.push({ id, kind: 'reply', reply: delivery.reply, serviceMs: delivery.serviceMs })
      else replies.push({ id, kind: delivery.kind })
    },
    close: () => {
      done = true
    },
  }
}
