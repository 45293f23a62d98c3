// Package client is what the producer and the consumer share: going from broker to broker.
package client

import (
	"errors"
	"math/rand"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
)

// Brokers are the addresses to try, one after another.
type Brokers struct {
	addresses []string
	current   int
	trailers  metadata.MD
}

// FromEnvironment takes the addresses of FLOTILLA_BOOTSTRAP: host:port,...
func FromEnvironment() *Brokers {
	addresses := os.Getenv("FLOTILLA_BOOTSTRAP")
	if addresses == "" {
		addresses = "127.0.0.1:7400"
	}
	return &Brokers{addresses: strings.Split(addresses, ",")}
}

// Dial gives a connection to the broker to use now.
func (b *Brokers) Dial() (*grpc.ClientConn, error) {
	return grpc.NewClient(b.addresses[b.current%len(b.addresses)],
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 20 * time.Second, Timeout: 10 * time.Second}))
}

// Trailers keeps those of a call for Retry.
func (b *Brokers) Trailers() grpc.CallOption {
	b.trailers = nil
	return grpc.Trailer(&b.trailers)
}

// Keep keeps the trailers of a stream for Retry.
func (b *Brokers) Keep(trailers metadata.MD) {
	b.trailers = trailers
}

type finalError struct{ error }

// Final is an error that trying again does not help.
func Final(message string) error {
	return finalError{errors.New(message)}
}

// Retry gives back a failure that is final, else waits and turns to the next broker.
func (b *Brokers) Retry(failure error) error {
	var final finalError
	if errors.As(failure, &final) {
		return failure
	}
	if flag := b.trailers.Get("flotilla-retriable"); len(flag) > 0 && flag[0] == "0" {
		return failure
	}
	b.current++
	time.Sleep(200*time.Millisecond + time.Duration(rand.Intn(300))*time.Millisecond)
	return nil
}
