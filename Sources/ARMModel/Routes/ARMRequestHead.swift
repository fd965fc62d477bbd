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
        for route in RouteTable.routes(ofLength: request.path.count) {
            guard Self.wordsMatch(route.path, request.path) else { continue }
            guard route.method.rawValue == method else {
                methods.append(route.method.rawValue)
                continue
            }
            if let error = Self.nameError(route.path, request.path) {
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
        self.target = Self.target(route.path, request.path)
        self.operationID = Self.operationID(route.path, request.path)
        self.upstreamPath = Self.upstreamPath(route.path, request.path)
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

    private static func wordsMatch(_ path: [Route.Segment], _ segments: PathSegments) -> Bool {
        // From the end, where routes differ: most of them begin alike.
        for index in path.indices.reversed() {
            guard case .word(let word) = path[index] else { continue }
            let isSame = segments.withBytes(of: index) { given in word.withBytes { ASCIICase.areEqual($0, given) } }
            guard isSame else { return false }
        }
        return true
    }

    private static func nameError(_ path: [Route.Segment], _ segments: PathSegments) -> RequestError? {
        for index in path.indices {
            let isValid = segments.withBytes(of: index) { given in
                switch path[index] {
                case .word: true
                case .subscription, .operationID: ResourceName.isGUID(given)
                case .resourceGroup: ResourceName.isResourceGroup(given)
                case .virtualMachine, .scaleSet: ResourceName.isMachine(given)
                case .instance: ResourceName.isInstance(given)
                case .runCommand: ResourceName.isRunCommand(given)
                case .location: ResourceName.isLocation(given)
                case .commandID: ResourceName.isCommandID(given)
                }
            }
            if !isValid { return RequestError(.invalidRequestTarget, self.fault(of: path[index])) }
        }
        return nil
    }

    /// What is wrong with a name that its rule does not take.
    private static func fault(of segment: Route.Segment) -> String {
        switch segment {
        case .word(let word): "expected \(word.text)"
        case .subscription: "the subscription id is not a GUID"
        case .resourceGroup: "the resource group's name is not letters, digits or -_()."
        case .virtualMachine: "the virtual machine's name is not valid"
        case .scaleSet: "the scale set's name is not valid"
        case .instance: "the instance id is not a decimal number"
        case .runCommand: "the run command's name is not valid"
        case .location: "the location is not valid"
        case .operationID: "the operation id is not a GUID"
        case .commandID: "the command id is not 1 to 64 letters, digits or _"
        }
    }

    private static func target(_ path: [Route.Segment], _ segments: PathSegments) -> ResourceTarget {
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
    private static func operationID(_ path: [Route.Segment], _ segments: PathSegments) -> String? {
        guard case .operationID? = path.last else { return nil }
        return ASCIICase.lowered(segments[segments.count - 1])
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
        let (path, version) = (self.upstreamPath, apiVersion.text)
        return String(unsafeUninitializedCapacity: path.utf8.count + query.utf8.count + version.utf8.count) { out in
            var count = path.withBytes { $0.copy(to: out, at: 0) }
            count = query.withBytes { $0.copy(to: out, at: count) }
            return version.withBytes { $0.copy(to: out, at: count) }
        }
    }

    /// The names in a path that was built by ``upstreamPath``.
    package static func target(ofPath text: String) -> ResourceTarget? { self.place(ofPath: text)?.target }

    /// The names in a path that was built by ``upstreamPath``, and the family of commands that it is about.
    package static func place(ofPath text: String) -> (target: ResourceTarget, family: CommandFamily)? {
        guard let request = try? RequestTarget(text) else { return nil }
        for route in RouteTable.routes(ofLength: request.path.count) {
            guard Self.wordsMatch(route.path, request.path), Self.nameError(route.path, request.path) == nil
            else { continue }
            return (Self.target(route.path, request.path), route.family)
        }
        return nil
    }

    /// A route's words as they are listed, and the names between them as they were given.
    private static func upstreamPath(_ path: [Route.Segment], _ segments: PathSegments) -> String {
        var capacity = 0
        for index in path.indices {
            capacity += 1 + segments.length(of: index)
            if case .resourceGroup = path[index] {
                capacity += 2 * segments.withBytes(of: index) { self.parentheses(in: $0) }
            }
        }
        return String(unsafeUninitializedCapacity: capacity) { out in
            var count = 0
            for index in path.indices {
                out[count] = UInt8(ascii: "/")
                count += 1
                segments.withBytes(of: index) { given in
                    switch path[index] {
                    case .word(let word): count = word.withBytes { $0.copy(to: out, at: count) }
                    case .resourceGroup where self.parentheses(in: given) > 0:
                        count = self.escape(given, to: out, at: count)
                    case .location, .operationID:
                        for place in 0..<given.count { out[count + place] = ASCIICase.lower(given[place]) }
                        count += given.count
                    case .subscription, .resourceGroup, .virtualMachine, .scaleSet, .instance, .runCommand, .commandID:
                        count = given.copy(to: out, at: count)
                    }
                }
            }
            return count
        }
    }

    /// Group names may hold parentheses, which real clients escape. How many there are.
    private static func parentheses(in name: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for index in 0..<name.count {
            count += name[index] == UInt8(ascii: "(") || name[index] == UInt8(ascii: ")") ? 1 : 0
        }
        return count
    }

    /// - Returns: where the escaped name ends.
    private static func escape(
        _ name: UnsafeBufferPointer<UInt8>, to out: UnsafeMutableBufferPointer<UInt8>, at start: Int
    ) -> Int {
        var count = start
        for byte in name {
            switch byte {
            case UInt8(ascii: "("): count = "%28".withBytes { $0.copy(to: out, at: count) }
            case UInt8(ascii: ")"): count = "%29".withBytes { $0.copy(to: out, at: count) }
            default:
                out[count] = byte
                count += 1
            }
        }
        return count
    }
}
