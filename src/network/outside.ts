/**
 * The company network around the cluster, 192.168.0.0/16: machines that are no nodes (the external DNS, the NFS server, the office PC),
 * whether they are on, and the external DNS' records. Plain data in cells; a level adds its own.
 */
import type { Cells } from '../sim/state.ts'
import type { DnsQuery, DnsRecord, DnsReply } from './contract.ts'

const MACHINE = 'outside-machine'
const RECORD = 'outside-dns'

export const COMPANY_NETWORK = '192.168.0.0/16'
export const EXTERNAL_DNS_IP = '192.168.0.53'
export const NFS_SERVER_IP = '192.168.0.60'
export const OFFICE_PC_IP = '192.168.0.200'

export interface OutsideMachine {
  readonly name: string
  readonly ip: string
  readonly on: boolean
  /** Ports that accept a connection. Only the DNS server's protocol is spoken; the others answer `tcp`. */
  readonly ports: readonly number[]
}

export class Outside {
  readonly #cells: Cells

  constructor(cells: Cells) {
    this.#cells = cells
  }

  /** Puts the machines and names of the company there, unless they are. */
  furnish(): void {
    this.add({ name: 'dns', ip: EXTERNAL_DNS_IP, on: true, ports: [53] })
    this.add({ name: 'nfs', ip: NFS_SERVER_IP, on: true, ports: [111, 2049] })
    this.add({ name: 'menchu', ip: OFFICE_PC_IP, on: true, ports: [] })
    this.record('web1.miempresa.com', '192.168.0.10')
    this.record('dns.miempresa.com', EXTERNAL_DNS_IP)
    this.record('nfs.miempresa.com', NFS_SERVER_IP)
  }

  add(machine: OutsideMachine): void {
    if (this.at(machine.ip) === undefined) this.#cells.put(MACHINE, machine.ip, machine)
  }

  at(ip: string): OutsideMachine | undefined {
    return this.#cells.get<OutsideMachine>(MACHINE, ip)
  }

  named(name: string): OutsideMachine | undefined {
    for (const ip of this.#cells.keys(MACHINE)) if (this.at(ip)?.name === name) return this.at(ip)
    return undefined
  }

  /** Switches a machine on or off; false when there is none at this address. */
  power(ip: string, on: boolean): boolean {
    const machine = this.at(ip)
    if (machine !== undefined) this.#cells.put(MACHINE, ip, { ...machine, on })
    return machine !== undefined
  }

  /** Adds or replaces a name of the external DNS: an address, or the name it stands for. `*.x` serves every name below. */
  record(name: string, data: string): void {
    const type = /^[0-9.]+$/.test(data) ? 'A' : 'CNAME'
    this.#cells.put(RECORD, name.toLowerCase(), { name: name.toLowerCase(), type, ttl: 300, data } satisfies DnsRecord)
  }

  removeRecord(name: string): void {
    this.#cells.delete(RECORD, name.toLowerCase())
  }

  /** What the external DNS answers: nothing is invented for names nobody entered. */
  answer(query: DnsQuery): DnsReply {
    const record = this.#find(query.name)
    if (record === undefined) return { code: 'NXDOMAIN', records: [] }
    const named = { ...record, name: query.name }
    if (record.type === query.type) return { code: 'NOERROR', records: [named] }
    if (record.type !== 'CNAME') return { code: 'NOERROR', records: [] }
    const target = this.answer({ name: record.data, type: query.type })
    return { code: 'NOERROR', records: [named, ...target.records] }
  }

  #find(name: string): DnsRecord | undefined {
    const exact = this.#cells.get<DnsRecord>(RECORD, name)
    if (exact !== undefined) return exact
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const wild = this.#cells.get<DnsRecord>(RECORD, `*${name.slice(dot)}`)
      if (wild !== undefined) return wild
    }
    return undefined
  }
}
