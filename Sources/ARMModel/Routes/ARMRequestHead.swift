/// A request's method and target, fully understood: which operation, on what, in which api-version.
package final class ARMRequestHead: Sendable {
    package let route: Route
    package let target: ResourceTarget
    package let apiVersion: APIVersion
    /// `$expand=instanceView` was asked for.
    package let expandsInstanceView: Bool
    /// `monitor=true`: the form of a polling link that answers with the result.
    package let monitors: Bool
    /// Where a list goes on, as we sealed it; it is opened and checked before it is believed.
    package let skipToken: String?
    /// Last segment of a polling link.
    package let operationID: String?
    /// The path to forward, built from the parsed names.
    package let upstreamPath: String

    /// Matches the routes. The path is matched without ASCII case; names keep the caller's spelling.
    /// - Throws: ``RequestError``: what is wrong with the target, `OperationNotMediated` for what is no route, and
    ///   `MethodNotAllowed` for a route with another method.
    package init(method: String, target text: String) throws(RequestError) {
        let request = try RequestTarget(text)
        var methods: [String] = []
        var found: Route?
        var broken: RequestError?
        for route in RouteTable.routes(ofLength: request.segments.count) {
            guard Self.wordsMatch(route.path, request.segments) else { continue }
            guard route.method.rawValue == method else {
                methods.append(route.method.rawValue)
                continue
            }
            if let error = Self.nameError(route.path, request.segments) {
                broken = broken ?? error
            } else {
                found = route
            }
        }
        guard let route = found else {
            if let broken { throw broken }
            guard methods.isEmpty else {
                throw RequestError(
                    .methodNotAllowed, "this path takes \(methods.joined(separator: ", "))", allowedMethods: methods)
            }
            throw RequestError(.operationNotMediated, RouteTable.reasonForRefusal(of: request.segments))
        }
        guard !request.hasTrailingSlash || route.allowsTrailingSlash else {
            throw RequestError(.invalidRequestTarget, "the path ends with a slash")
        }
        self.route = route
        self.target = Self.target(route.path, request.segments)
        self.operationID = Self.operationID(route.path, request.segments)
        self.upstreamPath = Self.upstreamPath(route.path, request.segments)
        var version: String?
        var expand: String?
        var monitor: String?
        var skipToken: String?
        for item in request.query {
            guard let name = route.query.first(where: { ASCIICase.areEqual($0.rawValue, item.name) }) else {
                throw RequestError(
                    .invalidRequestTarget, "the query has a parameter that this operation does not define",
                    target: RequestTarget.shown(item.name))
            }
            switch name {
            case .apiVersion: version = item.value
            case .expand: expand = item.value
            case .monitor: monitor = item.value
            case .skipToken: skipToken = item.value
            }
        }
        self.apiVersion = try Self.version(version, route: route)
        self.expandsInstanceView = try Self.flag(expand, only: "instanceView", name: "$expand")
        self.monitors = try Self.flag(monitor, only: "true", name: "monitor")
        self.skipToken = skipToken
    }

    private static func wordsMatch(_ path: [Route.Segment], _ segments: [String]) -> Bool {
        // From the end, where routes differ: most of them begin alike.
        for index in path.indices.reversed() {
            if case .word(let word) = path[index], !ASCIICase.areEqual(word, segments[index]) { return false }
        }
        return true
    }

    private static func nameError(_ path: [Route.Segment], _ segments: [String]) -> RequestError? {
        for (expected, given) in zip(path, segments) {
            let (isValid, what): (Bool, String) =
                switch expected {
                case .word: (true, "")
                case .subscription: (ResourceName.isSubscription(given), "the subscription id is not a GUID")
                case .resourceGroup:
                    (ResourceName.isResourceGroup(given), "the resource group's name is not letters, digits or -_().")
                case .virtualMachine: (ResourceName.isMachine(given), "the virtual machine's name is not valid")
                case .scaleSet: (ResourceName.isMachine(given), "the scale set's name is not valid")
                case .instance: (ResourceName.isInstance(given), "the instance id is not a decimal number")
                case .runCommand: (ResourceName.isRunCommand(given), "the run command's name is not valid")
                case .location: (ResourceName.isLocation(given), "the location is not valid")
                case .operationID: (ResourceName.isGUID(given), "the operation id is not a GUID")
                case .commandID: (ResourceName.isCommandID(given), "the command id is not 1 to 64 letters, digits or _")
                }
            if !isValid { return RequestError(.invalidRequestTarget, what) }
        }
        return nil
    }

    private static func target(_ path: [Route.Segment], _ segments: [String]) -> ResourceTarget {
        var target = ResourceTarget.Names()
        var scaleSet = ""
        for index in path.indices {
            switch path[index] {
            case .word, .operationID: continue
            case .subscription: target.subscription = segments[index]
            case .resourceGroup: target.resourceGroup = segments[index]
            case .virtualMachine: target.machine = .virtualMachine(segments[index])
            case .scaleSet: scaleSet = segments[index]
            case .instance: target.machine = .scaleSetInstance(scaleSet: scaleSet, instance: segments[index])
            case .runCommand: target.runCommand = segments[index]
            case .location: target.location = ASCIICase.lowered(segments[index])
            case .commandID: target.catalogCommandID = segments[index]
            }
        }
        return ResourceTarget(target)
    }

    /// It is the last segment where there is one.
    private static func operationID(_ path: [Route.Segment], _ segments: [String]) -> String? {
        guard case .operationID? = path.last else { return nil }
        return segments.last.map(ASCIICase.lowered)
    }

    private static func version(_ text: String?, route: Route) throws(RequestError) -> APIVersion {
        guard let text, !text.isEmpty else {
            throw RequestError(
                .missingAPIVersion, "the api-version query parameter is required, e.g. api-version=2024-11-01",
                target: "api-version")
        }
        guard let version = APIVersion(text, of: route.since.api) else {
            throw RequestError(
                .invalidAPIVersion,
                "this api-version is not known here for \(route.name); the newest is "
                    + (route.since.api.versions.last ?? ""), target: "api-version")
        }
        guard version >= route.since else {
            throw RequestError(
                .invalidAPIVersion, "\(route.name) exists since api-version \(route.since)", target: "api-version")
        }
        return version
    }

    private static func flag(_ value: String?, only allowed: String, name: String) throws(RequestError) -> Bool {
        guard let value else { return false }
        guard ASCIICase.areEqual(value, allowed) else {
            throw RequestError(.invalidRequestTarget, "the only value of \(name) is \(allowed)", target: name)
        }
        return true
    }

    /// The target to forward in a given version.
    package func upstreamTarget(apiVersion: APIVersion) -> String {
        let query = self.expandsInstanceView ? "?$expand=instanceView&api-version=" : "?api-version="
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.upstreamPath.utf8.count + query.utf8.count + apiVersion.text.utf8.count)
        self.upstreamPath.withBytes { bytes.append(contentsOf: $0) }
        query.withBytes { bytes.append(contentsOf: $0) }
        apiVersion.text.withBytes { bytes.append(contentsOf: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names in a path that was built by ``upstreamPath``.
    package static func target(ofPath text: String) -> ResourceTarget? { self.place(ofPath: text)?.target }

    /// The names in a path that was built by ``upstreamPath``, and the family of commands that it is about.
    package static func place(ofPath text: String) -> (target: ResourceTarget, family: CommandFamily)? {
        guard let request = try? RequestTarget(text) else { return nil }
        for route in RouteTable.routes(ofLength: request.segments.count) {
            guard Self.wordsMatch(route.path, request.segments), Self.nameError(route.path, request.segments) == nil
            else { continue }
            return (Self.target(route.path, request.segments), route.family)
        }
        return nil
    }

    /// A route's words as they are listed, and the names between them as they were given.
    private static func upstreamPath(_ path: [Route.Segment], _ segments: [String]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        for index in path.indices {
            bytes.append(UInt8(ascii: "/"))
            switch path[index] {
            case .word(let word): word.withBytes { bytes.append(contentsOf: $0) }
            case .resourceGroup: self.escaped(segments[index]).withBytes { bytes.append(contentsOf: $0) }
            case .location, .operationID:
                ASCIICase.lowered(segments[index]).withBytes { bytes.append(contentsOf: $0) }
            case .subscription, .virtualMachine, .scaleSet, .instance, .runCommand, .commandID:
                segments[index].withBytes { bytes.append(contentsOf: $0) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Group names may hold parentheses, which real clients escape.
    private static func escaped(_ name: String) -> String {
        let holdsParentheses = name.withBytes { bytes in
            for byte in bytes where byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") { return true }
            return false
        }
        guard holdsParentheses else { return name }
        return name.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "("): text += "%28"
            case UInt8(ascii: ")"): text += "%29"
            default: text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
    }
}
