// Two calls with the client of oapi-codegen.
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"authly.example/calls/client"
)

func main() {
	ctx := context.Background()
	withToken := client.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("AUTHLY_TOKEN"))
		return nil
	})
	api, err := client.NewClientWithResponses(os.Getenv("AUTHLY_ISSUER"), withToken)
	if err != nil {
		log.Fatal(err)
	}
	name := os.Getenv("AUTHLY_NAME")
	var setup client.UserSetup
	if err := setup.FromUserSetupNone(client.UserSetupNone{Method: client.UserSetupNoneMethodNone}); err != nil {
		log.Fatal(err)
	}
	body := client.UserCreation{Username: &name, Setup: setup}
	created, err := api.CreateUserWithResponse(ctx, &client.CreateUserParams{}, body)
	if err != nil || created.JSON201 == nil {
		log.Fatal("not created: ", err, created)
	}
	page, err := api.ListUsersWithResponse(ctx, &client.ListUsersParams{Identifier: &name})
	if err != nil || page.JSON200 == nil {
		log.Fatal("not listed: ", err, page)
	}
	if items := page.JSON200.Items; len(items) != 1 || items[0].Id != created.JSON201.Id {
		log.Fatal("another account: ", items)
	}
}
