import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.*;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.dpop.JWKThumbprintConfirmation;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.*;
import com.nimbusds.oauth2.sdk.jarm.JARMValidator;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.net.URI;
import java.security.PrivateKey;
import java.util.LinkedHashMap;
import java.util.Map;
import net.minidev.json.JSONObject;

/** A relying party made of Nimbus' OAuth 2.0 SDK: pushed requests, signed responses (JARM), keys and certificates. */
final class Client {
  private final Conversation conversation = new Conversation();
  private final JSONObject app;
  private final ClientID id;
  private final URI redirect;
  private final OIDCProviderMetadata metadata;
  private final JWSAlgorithm algorithm;
  /** Null for a client without. */
  private final ClientCertificate certificate;
  /** Null for a client that does not use DPoP. */
  private final DefaultDPoPProofFactory proofs;
  private Nonce dpopNonce;

  private Client() throws Exception {
    app = conversation.registration();
    id = new ClientID(text("client_id"));
    redirect = URI.create(text("redirect_uri"));
    algorithm = JWSAlgorithm.parse(text("algorithm"));
    metadata = OIDCProviderMetadata.resolve(new Issuer(text("issuer")));
    certificate =
        app.containsKey("certificate_file")
            ? ClientCertificate.read(text("certificate_file"), text("key_file"), text("server_file"))
            : null;
    JWK key = new ECKeyGenerator(Curve.P_256).generate();
    proofs = app.containsKey("dpop") ? new DefaultDPoPProofFactory(key, JWSAlgorithm.ES256) : null;
  }

  public static void main(String[] arguments) throws Exception {
    Client client = new Client();
    client.conversation.run(client::signIn);
  }

  private String text(String name) {
    return (String) app.get(name);
  }

  private Map<String, ?> signIn() throws Exception {
    State state = new State();
    Nonce nonce = new Nonce();
    CodeVerifier verifier = new CodeVerifier();
    AuthenticationRequest request =
        new AuthenticationRequest.Builder(
                ResponseType.CODE, new Scope("openid", "profile", "offline_access"), id, redirect)
            .state(state)
            .nonce(nonce)
            .codeChallenge(verifier, CodeChallengeMethod.S256)
            .responseMode(ResponseMode.JWT)
            .build();
    URI callback = conversation.visit(push(request));
    AuthorizationSuccessResponse response = receive(callback, state);

    OIDCTokens tokens =
        redeem(new AuthorizationCodeGrant(response.getAuthorizationCode(), redirect, verifier));
    IDTokenClaimsSet claims = validate(tokens, nonce);
    UserInfoSuccessResponse info = askUserInfo(tokens.getAccessToken());
    OIDCTokens refreshed = redeem(new RefreshTokenGrant(tokens.getRefreshToken()));

    Map<String, Object> result = new LinkedHashMap<>();
    result.put("subject", claims.getSubject().getValue());
    result.put("userinfo_subject", info.getUserInfo().getSubject().getValue());
    result.put("name", info.getUserInfo().getName());
    result.put("refreshed_subject", validate(refreshed, null).getSubject().getValue());
    result.put("token_type", tokens.getAccessToken().getType().getValue());
    result.put("is_fooled", isFooled(callback));
    result.put("is_bound", isBound(refreshed.getAccessToken()));
    result.put("stolen", steal(refreshed.getAccessToken()));
    return result;
  }

  /** RFC 9126. @return where the browser is sent with what was pushed */
  private URI push(AuthenticationRequest request) throws Exception {
    URI address = endpoint("par");
    PushedAuthorizationResponse response =
        PushedAuthorizationResponse.parse(
            send(new PushedAuthorizationRequest(address, authentication(address), request).toHTTPRequest()));
    if (!response.indicatesSuccess()) throw new Conversation.Refused(response.toErrorResponse().getErrorObject());
    return new AuthorizationRequest.Builder(response.toSuccessResponse().getRequestURI(), id)
        .endpointURI(metadata.getAuthorizationEndpointURI())
        .build()
        .toURI();
  }

  private JARMValidator validatorFor(ClientID client) throws Exception {
    return new JARMValidator(metadata.getIssuer(), client, algorithm, metadata.getJWKSetURI().toURL());
  }

  /** JARM §4: signature, issuer, audience and expiry are the library's; the state is ours. */
  private AuthorizationSuccessResponse receive(URI callback, State state) throws Exception {
    AuthorizationResponse response = AuthorizationResponse.parse(callback, validatorFor(id));
    if (!state.equals(response.getState())) throw new IllegalStateException("another state");
    if (!response.indicatesSuccess()) throw new Conversation.Refused(response.toErrorResponse().getErrorObject());
    return response.toSuccessResponse();
  }

  /** Whether another client would take the response. */
  private boolean isFooled(URI callback) throws Exception {
    try {
      validatorFor(new ClientID("another")).validate(AuthorizationResponse.parse(callback).getJWTResponse());
      return true;
    } catch (BadJOSEException refused) {
      return false;
    }
  }

  private OIDCTokens redeem(AuthorizationGrant grant) throws Exception {
    URI address = endpoint("token");
    ClientAuthentication authentication = authentication(address);
    HTTPResponse answer = send(new TokenRequest.Builder(address, authentication, grant).build().toHTTPRequest());
    TokenResponse response = OIDCTokenResponseParser.parse(answer);
    if (!response.indicatesSuccess()) throw new Conversation.Refused(response.toErrorResponse().getErrorObject());
    return ((OIDCTokenResponse) response.toSuccessResponse()).getOIDCTokens();
  }

  /** OpenID Connect Core §3.1.3.7, with the hash of the access token (§3.1.3.8). */
  private IDTokenClaimsSet validate(OIDCTokens tokens, Nonce nonce) throws Exception {
    IDTokenClaimsSet claims =
        new IDTokenValidator(metadata.getIssuer(), id, algorithm, metadata.getJWKSetURI().toURL())
            .validate(tokens.getIDToken(), nonce);
    AccessTokenValidator.validate(tokens.getAccessToken(), algorithm, claims.getAccessTokenHash());
    return claims;
  }

  private UserInfoSuccessResponse askUserInfo(AccessToken token) throws Exception {
    HTTPRequest request = new UserInfoRequest(endpoint("userinfo"), token).toHTTPRequest();
    UserInfoResponse response = UserInfoResponse.parse(send(request, token));
    if (!response.indicatesSuccess()) throw new Conversation.Refused(response.toErrorResponse().getErrorObject());
    return response.toSuccessResponse();
  }

  /** Whether the token names our certificate or our key; a token of a client that has neither is not bound. */
  private boolean isBound(AccessToken token) throws Exception {
    var claims = SignedJWT.parse(token.getValue()).getJWTClaimsSet();
    if (certificate != null)
      return X509CertificateConfirmation.of(certificate.certificate()).equals(X509CertificateConfirmation.parse(claims));
    if (proofs == null) return claims.getClaim("cnf") != null;
    return new JWKThumbprintConfirmation(proofs.getPublicJWK().computeThumbprint())
        .equals(JWKThumbprintConfirmation.parse(claims));
  }

  /** What somebody is answered who has nothing but the token. */
  private int steal(AccessToken token) throws Exception {
    URI address = metadata.getUserInfoEndpointURI();
    return new UserInfoRequest(address, new BearerAccessToken(token.getValue())).toHTTPRequest().send().getStatusCode();
  }

  private HTTPResponse send(HTTPRequest request) throws Exception {
    return send(request, null);
  }

  /** With the certificate or a proof; once more with the nonce when one is demanded (RFC 9449 §8, §9). */
  private HTTPResponse send(HTTPRequest request, AccessToken token) throws Exception {
    if (certificate != null) request.setSSLSocketFactory(certificate.sockets());
    if (proofs == null) return request.send();
    prove(request, token);
    HTTPResponse answer = request.send();
    if (answer.getDPoPNonce() == null || answer.getStatusCode() < 400) return answer;
    dpopNonce = answer.getDPoPNonce();
    prove(request, token);
    return request.send();
  }

  private void prove(HTTPRequest request, AccessToken token) throws Exception {
    request.setDPoP(proofs.createDPoPJWT(request.getMethod().name(), request.getURI(), token, dpopNonce));
  }

  /** The certificate; or an assertion, which is for one request. */
  private ClientAuthentication authentication(URI endpoint) throws Exception {
    if (certificate != null) return new PKITLSClientAuthentication(id, certificate.sockets());
    JWK key = JWK.parse((JSONObject) app.get("private_key"));
    PrivateKey privateKey = ((AsymmetricJWK) key).toPrivateKey();
    JWSAlgorithm signing = JWSAlgorithm.parse(key.getAlgorithm().getName());
    return new PrivateKeyJWT(id, endpoint, signing, privateKey, key.getKeyID(), null);
  }

  /** RFC 8705 §5: with a certificate, the alias. */
  private URI endpoint(String name) {
    var own = certificate == null ? metadata : metadata.getReadOnlyMtlsEndpointAliases();
    return switch (name) {
      case "par" -> own.getPushedAuthorizationRequestEndpointURI();
      case "token" -> own.getTokenEndpointURI();
      default ->
          certificate == null
              ? metadata.getUserInfoEndpointURI()
              : metadata.getReadOnlyMtlsEndpointAliases().getUserInfoEndpointURI();
    };
  }
}
