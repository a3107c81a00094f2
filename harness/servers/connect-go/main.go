// Serves grpc.testing.TestService on connect-go over net/http without TLS, with the limits, timeouts and compression that both have when nobody sets
// them: what a run finds is theirs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect"
)

// How long running calls may take to end once the server shall stop.
const shutdownPatience = 30 * time.Second

func main() {
	port := flag.Int("port", 0, "the port to listen on; 0 lets the system choose one")
	flag.Parse()
	if err := serve(*port); err != nil {
		log.Fatal(err)
	}
}

func serve(port int) error {
	mux := http.NewServeMux()
	handleTestService(mux)
	mux.Handle(grpchealth.NewHandler(grpchealth.NewStaticChecker(testServiceName)))
	reflector := grpcreflect.NewStaticReflector(testServiceName, grpchealth.HealthV1ServiceName)
	mux.Handle(grpcreflect.NewHandlerV1(reflector))
	mux.Handle(grpcreflect.NewHandlerV1Alpha(reflector))

	// As connect-go's page on deployment has it for gRPC clients without TLS.
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: mux, Protocols: protocols}

	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	fmt.Printf("listening on %s\n", listener.Addr())

	stop, forget := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer forget()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-stop.Done():
	}

	// From here on a second signal ends the process at once.
	forget()
	patience, cancel := context.WithTimeout(context.Background(), shutdownPatience)
	defer cancel()
	return errors.Join(server.Shutdown(patience), server.Close())
}
