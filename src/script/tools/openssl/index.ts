/**
 * openssl(1) 3.0 as far as keys, certificate requests and certificates go, with its messages. Keys are made of the world's chance: they keep
 * secrets in this world and nowhere else.
 */
import type { Tool } from '../../contract.ts'
import { runCommand } from './call.ts'
import { certificateCommands } from './certificate.ts'
import { keyCommands } from './keys.ts'
import { req } from './request.ts'

/** Of a signature or of reading a key: what any command takes. */
const CALL_STEPS = 250

const commands = [...keyCommands, req, ...certificateCommands]

export const openssl: Tool = {
  names: ['openssl'],
  run: (ctx) => {
    const [, name = 'help'] = ctx.argv
    if (name === 'version') return { stdout: 'OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)\n' }
    const command = commands.find((c) => c.name === name)
    if (command !== undefined) {
      ctx.charge?.(CALL_STEPS)
      return runCommand(command, ctx)
    }
    const known = commands.map((c) => c.name).join(' ')
    if (name === 'help') return { stdout: `Commands that clusterlab simulates:\n${known}\n` }
    return { exitCode: 1, stderr: `Invalid command '${name}'; type "help" for a list.\n` }
  },
}
