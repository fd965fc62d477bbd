import GatewayConfiguration
import GatewayListener
import StrictJSON

/// `GET /metadata/endpoints`, which `az cloud register` asks for without a token: where to sign in, and for whom tokens
/// must be. Answered from the configuration alone.
struct MetadataEndpoints: Sendable {
    private let body: [UInt8]

    init(publicURL: String, metadata: Configuration.Metadata) {
        var login = metadata.loginEndpoint.text
        if !login.hasSuffix("/") { login += "/" }
        var json = JSONWriter()
        json.beginObject()
        json.name("authentication")
        json.beginObject()
        json.name("audiences")
        json.beginArray()
        for audience in metadata.audiences { json.string(audience) }
        json.endArray()
        json.member("identityProvider", "AAD")
        json.member("loginEndpoint", login)
        json.member("tenant", "common")
        json.endObject()
        json.member("name", "Sallyport")
        json.member("resourceManager", publicURL)
        json.name("suffixes")
        json.beginObject()
        json.endObject()
        json.endObject()
        self.body = json.bytes
    }

    /// - Returns: `nil` for any other request. A trailing slash in the endpoint makes clients ask with two slashes.
    func answer(to request: InboundRequest) -> OutboundResponse? {
        guard request.method == "GET" else { return nil }
        let path = request.rawTarget.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard path.elementsEqual("/metadata/endpoints".utf8) || path.elementsEqual("//metadata/endpoints".utf8)
        else { return nil }
        return OutboundResponse(
            status: 200, headers: [("content-type", "application/json; charset=utf-8")], body: self.body)
    }
}
