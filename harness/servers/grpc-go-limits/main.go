// A server of grpc-go's own interop service whose limits are small and set by flags. Without flags it is limited as grpc-go is by default.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/interop"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/keepalive"
)

func main() {
	port := flag.Int("port", 0, "where to listen")
	streams := flag.Uint("max-concurrent-streams", 0, "calls at once on a connection")
	headerList := flag.Uint("max-header-list-size", 0, "octets of a request's header list, as HTTP/2 counts them")
	message := flag.Int("max-message-size", 0, "octets of a received message")
	handlers := flag.Int("handlers", 0, "handlers at once in the whole server; further calls wait for one to end")
	var times keepalive.ServerParameters
	flag.DurationVar(&times.MaxConnectionIdle, "max-connection-idle", 0, "after this time without a call a connection ends")
	flag.DurationVar(&times.MaxConnectionAge, "max-connection-age", 0, "after this time a connection takes no more calls")
	flag.DurationVar(&times.MaxConnectionAgeGrace, "max-connection-age-grace", 0, "how much longer the calls on it may last")
	flag.DurationVar(&times.Time, "keepalive-time", 0, "after this time without a frame of the client it is sent a PING; a second or more")
	flag.DurationVar(&times.Timeout, "keepalive-timeout", 0, "after this time without an answer to it the connection ends")
	flag.Parse()

	// What is zero is grpc-go's default.
	options := []grpc.ServerOption{grpc.KeepaliveParams(times)}
	if *streams > 0 {
		options = append(options, grpc.MaxConcurrentStreams(uint32(*streams)))
	}
	if *headerList > 0 {
		options = append(options, grpc.MaxHeaderListSize(uint32(*headerList)))
	}
	if *message > 0 {
		options = append(options, grpc.MaxRecvMsgSize(*message))
	}
	if *handlers > 0 {
		options = append(options, limitHandlers(*handlers)...)
	}

	listener, err := net.Listen("tcp", net.JoinHostPort("localhost", strconv.Itoa(*port)))
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(options...)
	testgrpc.RegisterTestServiceServer(server, interop.NewTestServer())
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}

// limitHandlers lets no more handlers run at a time; a call whose client gives up stops waiting.
func limitHandlers(limit int) []grpc.ServerOption {
	places := make(chan struct{}, limit)
	take := func(ctx context.Context) error {
		select {
		case places <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	leave := func() { <-places }
	return []grpc.ServerOption{
		grpc.UnaryInterceptor(func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
			if err := take(ctx); err != nil {
				return nil, err
			}
			defer leave()
			return handle(ctx, request)
		}),
		grpc.StreamInterceptor(func(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
			if err := take(stream.Context()); err != nil {
				return err
			}
			defer leave()
			return handle(service, stream)
		}),
	}
}
