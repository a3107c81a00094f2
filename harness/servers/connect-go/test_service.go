package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const testServiceName = "grpc.testing.TestService"

// The metadata of a request that comes back: the first in Response-Headers, the second in the trailers.
const (
	initialMetadata  = "X-Grpc-Test-Echo-Initial"
	trailingMetadata = "X-Grpc-Test-Echo-Trailing-Bin"
)

// handleTestService serves TestService as the code that connect-go generates for it would. The messages come from grpc-go's module, which has no such
// code beside them.
func handleTestService(mux *http.ServeMux) {
	methods := testpb.File_grpc_testing_test_proto.Services().ByName("TestService").Methods()
	handle := func(method string, newHandler func(procedure string, schema connect.HandlerOption) *connect.Handler) {
		procedure := "/" + testServiceName + "/" + method
		mux.Handle(procedure, newHandler(procedure, connect.WithSchema(methods.ByName(protoreflect.Name(method)))))
	}
	handle("EmptyCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewUnaryHandlerSimple(procedure, emptyCall, schema)
	})
	handle("UnaryCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewUnaryHandlerSimple(procedure, unaryCall, schema)
	})
	handle("CacheableUnaryCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewUnaryHandlerSimple(procedure, unaryCall, schema)
	})
	handle("StreamingOutputCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewServerStreamHandlerSimple(procedure, streamingOutputCall, schema)
	})
	handle("StreamingInputCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewClientStreamHandlerSimple(procedure, streamingInputCall, schema)
	})
	handle("FullDuplexCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewBidiStreamHandler(procedure, fullDuplexCall, schema)
	})
	handle("HalfDuplexCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewBidiStreamHandler(procedure, halfDuplexCall, schema)
	})
	handle("UnimplementedCall", func(procedure string, schema connect.HandlerOption) *connect.Handler {
		return connect.NewUnaryHandlerSimple(procedure, unimplementedCall, schema)
	})
}

func emptyCall(ctx context.Context, _ *testpb.Empty) (*testpb.Empty, error) {
	return &testpb.Empty{}, echoMetadata(ctx)
}

func unimplementedCall(context.Context, *testpb.Empty) (*testpb.Empty, error) {
	return nil, connect.NewError(connect.CodeUnimplemented, errors.New("UnimplementedCall is never implemented"))
}

func unaryCall(ctx context.Context, request *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	if err := echoMetadata(ctx); err != nil {
		return nil, err
	}
	if err := statusError(request.GetResponseStatus()); err != nil {
		return nil, err
	}
	payload, err := newPayload(request.GetResponseSize())
	if err != nil {
		return nil, err
	}
	return &testpb.SimpleResponse{Payload: payload}, nil
}

func streamingOutputCall(
	ctx context.Context,
	request *testpb.StreamingOutputCallRequest,
	stream *connect.ServerStream[testpb.StreamingOutputCallResponse],
) error {
	if err := echoMetadata(ctx); err != nil {
		return err
	}
	if err := sendResponses(ctx, request, stream.Send); err != nil {
		return err
	}
	return statusError(request.GetResponseStatus())
}

func streamingInputCall(
	ctx context.Context,
	stream *connect.ClientStream[testpb.StreamingInputCallRequest],
) (*testpb.StreamingInputCallResponse, error) {
	if err := echoMetadata(ctx); err != nil {
		return nil, err
	}
	size := 0
	for stream.Receive() {
		size += len(stream.Msg().GetPayload().GetBody())
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	return &testpb.StreamingInputCallResponse{AggregatedPayloadSize: int32(size)}, nil
}

func fullDuplexCall(
	ctx context.Context,
	stream *connect.BidiStream[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse],
) error {
	if err := echoMetadata(ctx); err != nil {
		return err
	}
	for {
		request, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := sendResponses(ctx, request, stream.Send); err != nil {
			return err
		}
		if err := statusError(request.GetResponseStatus()); err != nil {
			return err
		}
	}
}

// halfDuplexCall answers once the client has sent everything.
func halfDuplexCall(
	ctx context.Context,
	stream *connect.BidiStream[testpb.StreamingOutputCallRequest, testpb.StreamingOutputCallResponse],
) error {
	if err := echoMetadata(ctx); err != nil {
		return err
	}
	var requests []*testpb.StreamingOutputCallRequest
	for {
		request, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		requests = append(requests, request)
	}
	for _, request := range requests {
		if err := sendResponses(ctx, request, stream.Send); err != nil {
			return err
		}
	}
	return nil
}

// sendResponses sends the messages that a request asks for, each after its interval. A call that is cancelled or past its deadline ends the wait.
func sendResponses(
	ctx context.Context,
	request *testpb.StreamingOutputCallRequest,
	send func(*testpb.StreamingOutputCallResponse) error,
) error {
	for _, parameters := range request.GetResponseParameters() {
		if interval := time.Duration(parameters.GetIntervalUs()) * time.Microsecond; interval > 0 {
			select {
			case <-time.After(interval):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		payload, err := newPayload(parameters.GetSize())
		if err != nil {
			return err
		}
		if err := send(&testpb.StreamingOutputCallResponse{Payload: payload}); err != nil {
			return err
		}
	}
	return nil
}

func newPayload(size int32) (*testpb.Payload, error) {
	if size < 0 {
		return nil, connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("a payload of %d octets cannot be made", size))
	}
	return &testpb.Payload{Body: make([]byte, size)}, nil
}

// statusError is the error that a request asks for, nil when it asks for none.
func statusError(status *testpb.EchoStatus) error {
	if status.GetCode() == 0 {
		return nil
	}
	return connect.NewError(connect.Code(status.GetCode()), errors.New(status.GetMessage()))
}

func echoMetadata(ctx context.Context) error {
	call, ok := connect.CallInfoForHandlerContext(ctx)
	if !ok {
		return errors.New("no call belongs to this context")
	}
	for _, value := range call.RequestHeader().Values(initialMetadata) {
		call.ResponseHeader().Add(initialMetadata, value)
	}
	for _, value := range call.RequestHeader().Values(trailingMetadata) {
		// Joined values are left to the handler, as DecodeBinaryHeader says.
		for _, part := range strings.Split(value, ",") {
			octets, err := connect.DecodeBinaryHeader(strings.TrimSpace(part))
			if err != nil {
				return connect.NewError(connect.CodeInvalidArgument, err)
			}
			call.ResponseTrailer().Add(trailingMetadata, connect.EncodeBinaryHeader(octets))
		}
	}
	return nil
}
