/// What an address is for, in words that may stand in a message, a record and a metric label.
package enum AddressClass: String, Sendable, Hashable, CaseIterable {
    /// Of the public internet: the only class that is fetched from.
    case `public`
    case loopback
    /// RFC 1918, and IPv6 site-local.
    case `private`
    /// RFC 3927 and `fe80::/10`, with the instance metadata service on 169.254.169.254.
    case linkLocal
    /// `100.64.0.0/10` between a carrier and its customers, RFC 6598.
    case sharedSpace
    /// `fc00::/7`, RFC 4193.
    case uniqueLocal
    /// `0.0.0.0/8` and `::`, which some systems take for themselves.
    case thisNetwork
    case multicast
    case documentation
    case benchmarking
    /// 168.63.129.16, where each Azure VM finds its host: public in form, and never routed.
    case azureHost
    /// An IPv4 address inside an IPv6 one, or a relay for such, where nobody can tell who answers.
    case transition
    /// Everything else that is not assigned for global use.
    case reserved
}
