/** `exec`: a command in a container, or at the prompt, on a fork in which it may take its time. */
import { z } from 'zod'
import { duration, durationMs } from '../../levels/format/times.ts'
import type { CheckContext, CheckDefinition, Verdict } from '../contract.ts'
import { findPod, labelsOrSelector } from './selection.ts'
import { describeExpectation, shorten, textExpectation, textProblem } from './texts.ts'

const execSpec = z.strictObject({
  pod: labelsOrSelector.optional(),
  namespace: z.string().optional(),
  container: z.string().optional(),
  /** Without a pod it runs at the prompt. */
  command: z.union([z.string(), z.array(z.string())]),
  timeout: duration.optional(),
  expect: z.strictObject({ exitCode: z.int().optional(), output: textExpectation.optional() }).optional(),
})
export type ExecSpec = z.infer<typeof execSpec>

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Runs in the first such pod while time passes (on the fork of whoever asks); a text says why it could not. */
export function runInPod(spec: ExecSpec, context: CheckContext): { exitCode: number; output: string } | string {
  const { session } = context
  const pod = findPod(session, { pod: spec.pod!, ...(spec.namespace !== undefined && { namespace: spec.namespace }) }, context.namespace)
  if (pod === undefined) return 'there is no such running pod'
  const kubelet = session.world.fleet.kubelet(pod.spec?.nodeName ?? '')
  if (kubelet === undefined) return `the node ${pod.spec?.nodeName} cannot be reached`
  const command = typeof spec.command === 'string' ? ['sh', '-c', spec.command] : spec.command
  const stream = kubelet.exec(pod, { command, ...(spec.container !== undefined && { container: spec.container }) })
  const deadline = session.world.nowMs + (durationMs(spec.timeout ?? '') ?? 30_000)
  let output = ''
  for (;;) {
    for (const frame of stream.take() as { stdout?: string; stderr?: string; exitCode?: number; error?: string }[]) {
      output += `${frame.stdout ?? ''}${frame.stderr ?? ''}`
      if (frame.error !== undefined) return frame.error
      if (frame.exitCode !== undefined) return { exitCode: frame.exitCode, output }
    }
    if (session.world.nowMs >= deadline) return 'it did not end in time'
    session.world.advance(100)
  }
}

export const execCheck: CheckDefinition<ExecSpec> = {
  kind: 'exec',
  schema: execSpec,
  when: 'second',
  ownFork: true,
  evaluate(spec, context): Verdict {
    const { expect = { exitCode: 0 } } = spec
    const words = typeof spec.command === 'string' ? spec.command : spec.command.map(quote).join(' ')
    const expected = `"${shorten(words, 60)}" ${expect.exitCode === undefined ? 'runs' : `exits with ${expect.exitCode}`}${expect.output === undefined ? '' : ` and prints ${describeExpectation(expect.output)}`}`
    const found = context.session.world.fork(() => (spec.pod !== undefined ? runInPod(spec, context) : context.session.runAside(words)))
    if (typeof found === 'string') return { ok: false, expected, observed: found }
    if (expect.exitCode !== undefined && found.exitCode !== expect.exitCode)
      return { ok: false, expected, observed: `exit code ${found.exitCode}: ${shorten(found.output)}` }
    const problem =
      expect.output === undefined ? '' : textProblem(expect.output, found.output, (t) => t.replaceAll('{{nonce}}', context.nonce))
    return {
      ok: problem === '',
      expected,
      observed: problem === '' ? `exit code ${found.exitCode}` : `the output ${problem}: ${shorten(found.output)}`,
    }
  },
}
