import NIOCore
import NIOSSL

/// Ends connections as a broken network does: no farewell of TLS, whatever was left to say.
enum ConnectionCut {
    static func cut(_ channel: any Channel) async {
        let cut = channel.eventLoop.submit {
            guard let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) else {
                channel.close(promise: nil)
                return
            }
            tls.close(promise: nil)
        }
        try? await cut.get()
        try? await channel.closeFuture.get()
    }
}
