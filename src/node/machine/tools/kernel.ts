/** sysctl of a node: the kernel's settings that the simulation goes by. */
import { KERNEL_DEFAULTS, kernelSetting } from '../../sysctl.ts'
import { failed, type MachineTool, said } from '../contract.ts'

const sysctl: MachineTool = {
  names: ['sysctl'],
  run: (machine, ctx) => {
    const flags = ctx.argv.slice(1).filter((w) => w.startsWith('-'))
    const words = ctx.argv.slice(1).filter((w) => !w.startsWith('-'))
    const names = flags.includes('-a') ? Object.keys(KERNEL_DEFAULTS) : words
    if (names.length === 0) return failed('sysctl: no variables specified')
    const lines: string[] = []
    for (const word of names) {
      const [name = '', value] = word.split(/=(.*)/s)
      if (!Object.hasOwn(KERNEL_DEFAULTS, name))
        return failed(`sysctl: ${name} is not simulated on a node; there is ${Object.keys(KERNEL_DEFAULTS).join(', ')}`)
      if (value !== undefined) {
        if (!/^\d+$/.test(value) || Number(value) < 301 || Number(value) > 4_194_304)
          return failed(`sysctl: setting key "${name}": Invalid argument`)
        machine.fleet.setKernel(machine.name, name, Number(value))
      }
      const now = kernelSetting(machine.hands.cluster.cells, machine.name, name)
      lines.push(flags.includes('-n') ? String(now) : `${name} = ${now}`)
    }
    return said(lines.join('\n'))
  },
}

export const kernelTools: readonly MachineTool[] = [sysctl]
