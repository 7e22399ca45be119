// Two calls with the Go client of openapi-generator.
package main

import (
	"context"
	"log"
	"os"

	"authly.example/calls/client"
)

func main() {
	configuration := client.NewConfiguration()
	configuration.Servers = client.ServerConfigurations{{URL: os.Getenv("AUTHLY_ISSUER")}}
	api := client.NewAPIClient(configuration).UsersAPI
	ctx := context.WithValue(context.Background(), client.ContextAccessToken, os.Getenv("AUTHLY_TOKEN"))
	name := os.Getenv("AUTHLY_NAME")
	creation := client.NewUserCreation(client.UserSetupNoneAsUserSetup(client.NewUserSetupNone("none")))
	creation.SetUsername(name)
	created, _, err := api.CreateUser(ctx).UserCreation(*creation).Execute()
	if err != nil {
		log.Fatal("not created: ", err)
	}
	page, _, err := api.ListUsers(ctx).Identifier(name).Execute()
	if err != nil {
		log.Fatal("not listed: ", err)
	}
	if items := page.Items; len(items) != 1 || items[0].Id != created.Id {
		log.Fatal("another account: ", items)
	}
}
