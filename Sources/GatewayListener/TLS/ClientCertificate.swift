/// The certificate that the peer of a connection has shown, its chain verified against the client trust roots.
///
/// There is one value a connection, so that whoever reads names out of it can keep them by identity of the bytes.
package struct ClientCertificate: Sendable, Hashable {
    /// The leaf's exact bytes.
    package let der: [UInt8]

    package init(der: [UInt8]) { self.der = der }
}
