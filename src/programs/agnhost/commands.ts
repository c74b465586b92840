/** The subcommands of agnhost that are simulated, one line each; all others say that they are not. */
import type { Subcommand } from './contract.ts'
import { grpcHealthChecking } from './grpc-health-checking.ts'
import { guestbook } from './guestbook.ts'
import { liveness } from './liveness.ts'
import { logsGenerator } from './logs-generator.ts'
import { netexec } from './netexec.ts'
import { onceCommands } from './once.ts'
import { smallServers } from './servers.ts'

const all: readonly Subcommand[] = [
  ...onceCommands,
  ...smallServers,
  grpcHealthChecking as Subcommand,
  guestbook as Subcommand,
  liveness as Subcommand,
  logsGenerator as Subcommand,
  netexec as Subcommand,
]

export const subcommands: ReadonlyMap<string, Subcommand> = new Map(all.map((command) => [command.name, command]))
