/** Every command of helm, one line each (or a family). */
import type { HelmCommand } from '../contract.ts'
import { installCommand, rollbackCommand, testCommand, uninstallCommand, upgradeCommand } from './apply.ts'
import { createCommand, packageCommand, showCommands, templateCommand } from './author.ts'
import { dependencyCommands } from './dependency.ts'
import { getCommands, historyCommand, listCommand, statusCommand } from './inspect.ts'
import { lintCommand } from './lint.ts'
import { surroundingCommands } from './surroundings.ts'

export const helmCommands: readonly HelmCommand[] = [
  createCommand,
  lintCommand,
  templateCommand,
  installCommand,
  upgradeCommand,
  rollbackCommand,
  uninstallCommand,
  testCommand,
  listCommand,
  statusCommand,
  historyCommand,
  packageCommand,
  ...getCommands,
  ...showCommands,
  ...dependencyCommands,
  ...surroundingCommands,
]

/** Other names of groups. */
export const groupAliases: Readonly<Record<string, string>> = { dep: 'dependency', dependencies: 'dependency', inspect: 'show' }
