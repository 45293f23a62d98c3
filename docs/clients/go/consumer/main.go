// go run ./consumer GROUP TOPIC: processes records as a member of a group, until it is told to stop.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"flotilla.example/client"
	pb "flotilla.example/flotilla/v1"
)

func handle(partition int32, offset int64, record *pb.Record) {
	fmt.Println(partition, offset, string(record.Key), string(record.Value))
}

// session is one stream; it returns nil when the member has left.
func session(stop context.Context, brokers *client.Brokers, group, topic string, memberID *string) error {
	conn, err := brokers.Dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stream, err := pb.NewGroupServiceClient(conn).Subscribe(ctx)
	if err != nil {
		return err
	}
	defer func() { brokers.Keep(stream.Trailer()) }()
	subscription := &pb.SubscribeRequest_Subscription{Topics: []string{topic}}
	join := &pb.SubscribeRequest_Join{
		Group: group, Subscription: subscription, MemberId: *memberID, ClientId: "go-example"}
	if err := stream.Send(&pb.SubscribeRequest{Request: &pb.SubscribeRequest_Join_{Join: join}}); err != nil {
		return err
	}
	events, failure := make(chan *pb.SubscribeResponse), make(chan error, 1)
	go func() {
		for {
			event, err := stream.Recv()
			if err != nil {
				failure <- err
				return
			}
			select {
			case events <- event:
			case <-ctx.Done():
				return
			}
		}
	}()
	leaving := stop.Done()
	for {
		select {
		case <-leaving:
			leaving = nil
			if err := stream.CloseSend(); err != nil { // what was acked is committed, and others take over
				return err
			}
		case err := <-failure:
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		case event := <-events:
			if joined := event.GetJoined(); joined != nil {
				*memberID = joined.MemberId
			}
			delivery := event.GetDelivery() // nil for all others, which are for information
			if delivery == nil || leaving == nil {
				continue
			}
			for _, stored := range delivery.Batches.Batches {
				for i, record := range stored.Batch.GetRecords().GetRecords() {
					delta := int64(i)
					if record.OffsetDelta != nil {
						delta = int64(*record.OffsetDelta)
					}
					handle(delivery.Batches.Partition, stored.BaseOffset+delta, record)
				}
			}
			ack := &pb.SubscribeRequest_Ack{DeliveryIds: []uint64{delivery.DeliveryId}}
			if err := stream.Send(&pb.SubscribeRequest{Request: &pb.SubscribeRequest_Ack_{Ack: ack}}); err != nil {
				return err
			}
		}
	}
}

func main() {
	stop, done := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer done()
	brokers, memberID := client.FromEnvironment(), ""
	for stop.Err() == nil {
		err := session(stop, brokers, os.Args[1], os.Args[2], &memberID)
		if err == nil {
			return
		}
		if err := brokers.Retry(err); err != nil {
			log.Fatal(err)
		}
	}
}
