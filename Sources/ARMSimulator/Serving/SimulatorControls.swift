/// The paths under `/simulator`, by which a test or a person steers the simulator; loopback is all that guards them.
struct SimulatorControls: Sendable {
    let simulator: Simulator

    func answer(_ incoming: ARMEndpoint.Incoming) -> Answer {
        do {
            switch (incoming.method, incoming.target.segments.dropFirst().joined(separator: "/")) {
            case ("POST", "token"): return try self.token(LenientJSONReader.read(incoming.body))
            case ("POST", "faults"):
                self.simulator.faults.add(try SimulatorFault(json: LenientJSONReader.read(incoming.body)))
                return Answer(status: 204)
            case ("DELETE", "faults"):
                self.simulator.faults.removeAll()
                return Answer(status: 204)
            case ("GET", "log"):
                var answer = Answer(status: 200)
                answer.set("Content-Type", "application/x-ndjson")
                for request in self.simulator.log.requests {
                    answer.body += request.json.bytes
                    answer.body.append(UInt8(ascii: "\n"))
                }
                return answer
            default: return Answer(ARMFailure(404, "NotFound", "The simulator has no such control."))
            }
        } catch let failure as ARMFailure {
            return Answer(failure)
        } catch let failure as LenientJSONReader.Failure {
            return Answer(ARMFailure(400, "InvalidRequestContent", failure.message))
        } catch {
            return Answer(ARMFailure(500, "InternalServerError", "The simulator failed: \(type(of: error))."))
        }
    }

    /// `{claims…, "expiresIn", "header": {…}, "signature": "valid|none|unknownKey|forged|damaged"}`.
    private func token(_ body: SimulatorJSON) throws -> Answer {
        let way = body["signature"]?.string ?? SimulatorTokenSigning.issuerKey.rawValue
        guard let signing = SimulatorTokenSigning(rawValue: way) else {
            throw ARMFailure(400, "InvalidParameter", "There is no signature of kind '\(way)'.", target: "signature")
        }
        let claims = (body.members ?? []).filter { !["header", "signature"].contains($0.name) }
        let token = try self.simulator.tokens.mint(
            claims: .object(claims), header: body["header"] ?? .object([]), signing: signing)
        return Answer(
            status: 200,
            json: [
                "token_type": "Bearer", "access_token": .string(token),
                "expires_in": .number(String(body["expiresIn"]?.int ?? TokenAuthority.lifetime)),
            ])
    }
}
