// Relying parties made of golang.org/x/oauth2 and coreos/go-oidc. The test writes one line of JSON, what the
// application was told at its registration; "flow" names what it does. See ../program.ts for the conversation.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/url"
	"os"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type registration struct {
	Flow         string `json:"flow"`
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RedirectURI  string `json:"redirect_uri"`
	// Where access tokens are for.
	Resource string `json:"resource"`
}

type result map[string]any

var lines = bufio.NewReader(os.Stdin)

func main() {
	var app registration
	line, err := lines.ReadBytes('\n')
	if err != nil {
		log.Fatal(err)
	}
	if err := json.Unmarshal(line, &app); err != nil {
		log.Fatal(err)
	}
	flows := map[string]func(context.Context, registration, *oidc.Provider) (result, error){
		"sign-in":            signIn,
		"code-twice":         codeTwice,
		"wrong-verifier":     wrongVerifier,
		"foreign-id-token":   foreignIDToken,
		"client-credentials": clientCredentials,
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	provider, err := oidc.NewProvider(ctx, app.Issuer)
	if err != nil {
		log.Fatal(err)
	}
	found, err := flows[app.Flow](ctx, app, provider)
	// What the server answered is for the test to judge.
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		say(result{"refused": result{"error": refused.ErrorCode, "description": refused.ErrorDescription}})
	} else if err != nil {
		log.Fatal(err)
	} else {
		say(result{"result": found})
	}
}

func say(value any) {
	if err := json.NewEncoder(os.Stdout).Encode(value); err != nil {
		log.Fatal(err)
	}
}

// Sends the person's browser to address and waits for where it comes back.
func visit(address string) (url.Values, error) {
	say(result{"visit": address})
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var callback string
	if err := json.Unmarshal(line, &callback); err != nil {
		return nil, err
	}
	location, err := url.Parse(callback)
	if err != nil {
		return nil, err
	}
	return location.Query(), nil
}

// The authentication method is left to the library, which tries the header first.
func configuration(app registration, provider *oidc.Provider) oauth2.Config {
	return oauth2.Config{
		ClientID:     app.ClientID,
		ClientSecret: app.ClientSecret,
		RedirectURL:  app.RedirectURI,
		Endpoint:     provider.Endpoint(),
		Scopes:       []string{oidc.ScopeOpenID, "profile", oidc.ScopeOfflineAccess},
	}
}

type attempt struct{ code, nonce, verifier string }

func authorize(app registration, config oauth2.Config) (*attempt, error) {
	state, nonce, verifier := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	address := config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier))
	callback, err := visit(address)
	if err != nil {
		return nil, err
	}
	if callback.Get("state") != state {
		return nil, errors.New("another state")
	}
	// RFC 9207, which the libraries leave to the application.
	if callback.Get("iss") != app.Issuer {
		return nil, fmt.Errorf("another issuer: %s", callback.Get("iss"))
	}
	return &attempt{callback.Get("code"), nonce, verifier}, nil
}

func verify(ctx context.Context, clientID string, provider *oidc.Provider, token *oauth2.Token) (*oidc.IDToken, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("no ID token")
	}
	return provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, raw)
}

func signIn(ctx context.Context, app registration, provider *oidc.Provider) (result, error) {
	config := configuration(app, provider)
	attempt, err := authorize(app, config)
	if err != nil {
		return nil, err
	}
	token, err := config.Exchange(ctx, attempt.code, oauth2.VerifierOption(attempt.verifier))
	if err != nil {
		return nil, err
	}
	idToken, err := verify(ctx, app.ClientID, provider, token)
	if err != nil {
		return nil, err
	}
	if idToken.Nonce != attempt.nonce {
		return nil, errors.New("another nonce")
	}
	info, err := provider.UserInfo(ctx, config.TokenSource(ctx, token))
	if err != nil {
		return nil, err
	}
	var profile struct{ Name string }
	if err := info.Claims(&profile); err != nil {
		return nil, err
	}

	// An expired token is what makes the source ask for another.
	old := *token
	old.Expiry = time.Now().Add(-time.Minute)
	refreshed, err := config.TokenSource(ctx, &old).Token()
	if err != nil {
		return nil, err
	}
	again, err := verify(ctx, app.ClientID, provider, refreshed)
	if err != nil {
		return nil, err
	}
	access, err := provider.Verifier(&oidc.Config{SkipClientIDCheck: true}).Verify(ctx, refreshed.AccessToken)
	if err != nil {
		return nil, err
	}
	return result{
		"id_token":          token.Extra("id_token"),
		"subject":           idToken.Subject,
		"userinfo_subject":  info.Subject,
		"name":              profile.Name,
		"expires_in":        time.Until(token.Expiry).Seconds(),
		"refreshed_subject": again.Subject,
		"is_new":            refreshed.AccessToken != token.AccessToken,
		"access_subject":    access.Subject,
	}, nil
}

func codeTwice(ctx context.Context, app registration, provider *oidc.Provider) (result, error) {
	config := configuration(app, provider)
	attempt, err := authorize(app, config)
	if err != nil {
		return nil, err
	}
	if _, err := config.Exchange(ctx, attempt.code, oauth2.VerifierOption(attempt.verifier)); err != nil {
		return nil, fmt.Errorf("the first time: %s", err)
	}
	_, err = config.Exchange(ctx, attempt.code, oauth2.VerifierOption(attempt.verifier))
	return result{}, err
}

func wrongVerifier(ctx context.Context, app registration, provider *oidc.Provider) (result, error) {
	config := configuration(app, provider)
	attempt, err := authorize(app, config)
	if err != nil {
		return nil, err
	}
	_, err = config.Exchange(ctx, attempt.code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
	return result{}, err
}

// An ID token for this application, as another one would see it.
func foreignIDToken(ctx context.Context, app registration, provider *oidc.Provider) (result, error) {
	config := configuration(app, provider)
	attempt, err := authorize(app, config)
	if err != nil {
		return nil, err
	}
	token, err := config.Exchange(ctx, attempt.code, oauth2.VerifierOption(attempt.verifier))
	if err != nil {
		return nil, err
	}
	_, own := verify(ctx, app.ClientID, provider, token)
	_, foreign := verify(ctx, "another", provider, token)
	return result{"own": own == nil, "foreign": foreign == nil}, nil
}

func clientCredentials(ctx context.Context, app registration, provider *oidc.Provider) (result, error) {
	config := clientcredentials.Config{
		ClientID:       app.ClientID,
		ClientSecret:   app.ClientSecret,
		TokenURL:       provider.Endpoint().TokenURL,
		Scopes:         []string{"demo:read"},
		EndpointParams: url.Values{"resource": {app.Resource}},
	}
	token, err := config.Token(ctx)
	if err != nil {
		return nil, err
	}
	// An API in Go verifies access tokens like this: its own name is the audience (RFC 9068 §4).
	access, err := provider.Verifier(&oidc.Config{ClientID: app.Resource}).Verify(ctx, token.AccessToken)
	if err != nil {
		return nil, err
	}
	return result{"subject": access.Subject, "scope": token.Extra("scope")}, nil
}
