/** A pod's sandbox that ended behind the kubelet's back: its containers end with it, and it is made anew, with another address. (podSandboxChanged) */
import { type KubeletHands, podEvent, putRun, runOf, timer } from './hands.ts'

/** Ends it after what is being done now. */
export const endSandbox = (hands: KubeletHands, uid: string): void => timer(hands, `sandbox/${uid}`, 0, { uid })

export function loseSandbox(hands: KubeletHands, uid: string): void {
  const before = runOf(hands, uid)
  if (before === undefined || before.sandboxMs === 0) return
  for (const state of Object.values(before.containers)) if (state.phase === 'running') hands.processes.kill(state.id, 137, { signal: 9 })
  const run = runOf(hands, uid)
  if (run === undefined || run.terminating !== undefined) return
  podEvent(hands, run.pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  putRun(hands, run, { sandboxMs: 0, ip: '' })
  hands.enqueue(uid)
}
