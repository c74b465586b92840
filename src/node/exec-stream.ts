/** A command beside a container's main process as the API streams it: output as it comes, its end last. */
import type { ApiStream } from '../apiserver/contract.ts'
import type { Execs } from './exec.ts'

type ExecFrame = { stdout?: string; stderr?: string; exitCode?: number; error?: string }

export function execStream(execs: Execs, started: ReturnType<Execs['start']>): ApiStream {
  let done = false
  const session = 'session' in started ? started.session : undefined
  return {
    take: () => {
      if (done) return []
      const frames: ExecFrame[] = []
      if ('done' in started) {
        const { stdout, stderr, exitCode, error } = started.done
        if (stdout) frames.push({ stdout })
        if (stderr) frames.push({ stderr })
        frames.push(error === undefined ? { exitCode } : { error })
        done = true
        return frames
      }
      const taken = execs.take(session!)
      for (const chunk of taken.output) frames.push(chunk.fd === 1 ? { stdout: chunk.text } : { stderr: chunk.text })
      if (taken.error !== undefined) frames.push({ error: taken.error })
      else if (taken.exitCode !== undefined) frames.push({ exitCode: taken.exitCode })
      done = taken.exitCode !== undefined
      return frames
    },
    get done() {
      return done
    },
    send: (frame) => {
      if (session === undefined) return
      const input = frame as { stdin?: string; eof?: boolean; interrupt?: boolean }
      if (input.interrupt) return execs.interrupt(session)
      execs.input(session, input.stdin ?? '', input.eof === true)
    },
    close: () => {
      done = true
      if (session !== undefined) execs.drop(session)
    },
  }
}
