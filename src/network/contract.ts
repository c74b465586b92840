/**
 * How the cluster's parts talk: messages, dialling, what comes back, and the hops between. A request is evaluated at one instant of
 * virtual time: everything it meets is looked at as it is then, and latency is arithmetic (see docs/adr/0003-requests-at-an-instant.md).
 */

/** Where a packet starts. */
export type Origin =
  /** A pod's own network namespace. */
  | {
      readonly kind: 'pod'
      readonly namespace: string
      readonly name: string
      readonly uid: string
      readonly ip: string
      readonly node: string
    }
  /** A node itself: kubelet probes, hostNetwork pods. */
  | { readonly kind: 'node'; readonly node: string; readonly ip: string }
  /** The company network outside: the office PC, load clients. */
  | { readonly kind: 'outside'; readonly name: string; readonly ip: string }

export interface HttpRequest {
  readonly method: string
  /** Path with query. */
  readonly path: string
  /** The Host header, without port. */
  readonly host: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Present when the client speaks TLS; `insecure` is curl's -k. */
  readonly tls?: {
    readonly serverName: string
    readonly insecure?: boolean
    readonly ca?: string
    /** PEM of the chain that the client shows where a server asks for one; whoever shows it has its key. */
    readonly certificate?: string
  }
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What a server that speaks TLS shows; a server that answers a request with `tls` without one speaks plain HTTP. */
  readonly certificate?: ServedCertificate
}

/** The facts of a server's certificate that a client judges it by. */
export interface ServedCertificate {
  /** Common name of the subject. */
  readonly subject: string
  /** Common name of the issuer; equal to the subject when self-signed. */
  readonly issuer: string
  readonly dnsNames: readonly string[]
  /** Virtual time at which it ends. */
  readonly notAfterMs?: number
  /** PEM of the certificate, compared with what the client trusts. */
  readonly pem?: string
}

/**
 * One application message and its answer. Protocols are open-ended: each pair of programs that talk agree on one (`mysql`, `es-transport`, …);
 * `tcp` with no payload asks only for a connection.
 */
export interface DialRequest {
  /** A DNS name or an address. */
  readonly host: string
  readonly port: number
  readonly protocol: 'http' | 'tcp' | 'dns' | (string & {})
  /** HttpRequest for `http`; plain data for others. */
  readonly payload?: unknown
  /** How long the client waits for the whole exchange. */
  readonly timeoutMs: number
  /** How long it waits for the connection alone; as long as for the whole exchange when absent. */
  readonly connectTimeoutMs?: number
  /** Draws that differ between otherwise equal requests (which endpoint a balancer picks): the number of the request. A dial made while another is answered has its number; otherwise the clock's. */
  readonly turn?: number
  /** When given, every hop is written here; otherwise no hop is made. */
  readonly trace?: Hop[]
  /** The pod's own redirections leave it alone: its proxy's. */
  readonly past?: true
}

export type Failure =
  | 'dns-not-found'
  | 'dns-timeout'
  | 'dns-refused'
  /** Nobody listens, or a REJECT rule (a Service without endpoints). */
  | 'refused'
  /** No answer in time: dropped by policy, dead node, unknown address, or a program that hangs. */
  | 'timeout'
  /** The connection broke after it was made. */
  | 'reset'
  | 'no-route'
  /** The server's certificate was not accepted. */
  | 'tls'

/** `address` is what was dialled: a Service's, where there is one. `peer` is who stood behind it in the end. */
export type DialResult =
  | { readonly ok: true; readonly reply: unknown; readonly latencyMs: number; readonly peer: Peer; readonly address?: string }
  | {
      readonly ok: false
      readonly failure: Failure
      readonly message: string
      readonly latencyMs: number
      readonly peer?: Peer
      readonly address?: string
    }

/** Who answered, or was to answer. */
export interface Peer {
  readonly ip: string
  readonly port: number
  readonly podUid?: string
}

/** One step of a packet's way, for `trace` and for people. */
export interface Hop {
  readonly layer:
    | 'name'
    | 'balancer'
    | 'nodeport'
    | 'service'
    | 'netfilter'
    | 'policy'
    | 'node'
    | 'pod'
    | 'container'
    | 'ingress'
    | 'process'
  /** What it is: an address, a Service, a rule, a pod. */
  readonly at: string
  /** What happened there, in plain words. */
  readonly detail: string
  readonly ok: boolean
  /** Why a client that checks certificates would have hung up here. */
  readonly doubt?: string
}

export type DnsType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME'

export interface DnsRecord {
  readonly name: string
  readonly type: DnsType
  readonly ttl: number
  /** An address, a name, or `priority weight port target` for SRV. */
  readonly data: string
}

/** What a `dns` dial carries, and what the server answers it. An answer of NOERROR without records: the name exists, the type does not. */
export interface DnsQuery {
  /** Absolute, lower case, without the last dot. */
  readonly name: string
  readonly type: DnsType
}
export interface DnsReply {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
  readonly records: readonly DnsRecord[]
}

export type DnsAnswer =
  | { readonly ok: true; readonly records: readonly DnsRecord[]; readonly server: string; readonly latencyMs: number }
  | {
      readonly ok: false
      readonly code: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'TIMEOUT'
      readonly server: string
      readonly latencyMs: number
    }

/** What programs, probes, tools and checks are given. */
export interface Network {
  dial(origin: Origin, request: DialRequest): DialResult
  /** Writes a hop into the trace of the request being answered, if it is traced. `make` is called only then. */
  hop(make: () => Hop): void
  /** One of `among`, keyed by the subject and the number of the request being answered. */
  pick(subject: string, among: number): number
  /** Resolves as the origin's resolv.conf says (search list and ndots for pods, the external DNS outside). */
  resolve(origin: Origin, name: string, type?: DnsType, trace?: Hop[]): DnsAnswer
}

/** What answers a connection: given by the node room, which runs the processes. */
export interface Hosts {
  /** Whether the machine is on and cabled. */
  nodeIsUp(node: string): boolean
  /** Hands a message to whatever listens on the port in a pod's network namespace, or on the node itself (`podUid` absent: hostNetwork, hostPort). */
  deliver(target: { readonly podUid?: string; readonly node: string; readonly port: number }, message: Delivered): Delivery
  /** What rules in a pod's own network make of a connection that it begins; undefined: nothing. */
  turnedAside?(podUid: string, ip: string, request: DialRequest): DialRequest | undefined
  /** Tells what listens on the port how much arrives now. */
  load(podUid: string, port: number, perSecond: number, inFlight: number): void
}

export interface Delivered {
  readonly protocol: string
  readonly payload: unknown
  readonly from: Origin
  /** The address the server sees (after SNAT). */
  readonly sourceIp: string
  readonly turn: number
  readonly trace?: Hop[]
  /** Stands for many requests that are counted instead of sent: whether it is sent must leave no mark, so nothing is logged. */
  readonly quiet?: boolean
  /** One of a load's, whose rate the process is told of. */
  readonly counted?: boolean
}

export type Delivery =
  | { readonly kind: 'reply'; readonly reply: unknown; readonly serviceMs: number; readonly containerName: string }
  /** Accepted, never answered. */
  | { readonly kind: 'hang'; readonly containerName: string; readonly why?: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'reset'; readonly containerName: string }
