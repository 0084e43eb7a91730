// SPDX-License-Identifier: GPL-2.0
/*
 * The TEE goes and returns, as its clients see it: the service's device loses
 * its driver and gets it back. Skipped where no TEE offers the service.
 */
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tee_drv.h>
#include <linux/uuid.h>

#include "../tee/memsvc.h"

static const uuid_t service_uuid =
	UUID_INIT(0x4477588a, 0x8476, 0x11e2,
		  0xad, 0x15, 0xe4, 0x1f, 0x13, 0x90, 0xd6, 0x76);

/**
 * struct witness - a client that notes what it is told
 * @svc:	the client
 * @device:	the service's
 * @up_result:	what up() returns
 * @ups:	calls of up()
 * @downs:	calls of down()
 * @comebacks:	calls of returned()
 * @result:	what a call made in returned() gave
 */
struct witness {
	struct memsvc svc;
	struct device *device;
	int up_result;
	int ups;
	int downs;
	int comebacks;
	int result;
};

static int call(struct memsvc *svc)
{
	return memsvc_invoke(svc, MEMSVC_CMD_NOP, NULL, 0);
}

static int note_up(struct memsvc *svc)
{
	struct witness *w = container_of(svc, struct witness, svc);

	w->ups++;

	return w->up_result ?: call(svc);
}

static void note_down(struct memsvc *svc)
{
	struct witness *w = container_of(svc, struct witness, svc);

	w->downs++;
	w->result = call(svc);
}

static void note_returned(struct memsvc *svc)
{
	struct witness *w = container_of(svc, struct witness, svc);

	w->comebacks++;
	w->result = call(svc);
}

static const struct memsvc_events events = {
	.up = note_up,
	.down = note_down,
	.returned = note_returned,
};

static int is_service(struct device *dev, const void *data)
{
	return dev->driver &&
	       uuid_equal(&to_tee_client_device(dev)->id.uuid, &service_uuid);
}

static void service_goes(struct witness *w)
{
	device_release_driver(w->device);
}

static void service_returns(struct kunit *test, struct witness *w)
{
	KUNIT_EXPECT_EQ(test, device_attach(w->device), 1);
	flush_work(&w->svc.returning);
}

static int client_test_init(struct kunit *test)
{
	struct witness *w;

	w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, w);
	w->svc.events = &events;
	w->device = bus_find_device(&tee_bus_type, NULL, NULL, is_service);
	if (!w->device)
		kunit_skip(test, "no TEE here offers the memory service");
	test->priv = w;

	return 0;
}

static void client_test_exit(struct kunit *test)
{
	struct witness *w = test->priv;

	if (w)
		put_device(w->device);
}

static void client_survives_its_tee(struct kunit *test)
{
	struct witness *w = test->priv;

	KUNIT_ASSERT_EQ(test, memsvc_open(&w->svc), 0);
	KUNIT_EXPECT_EQ(test, call(&w->svc), 0);

	service_goes(w);
	KUNIT_EXPECT_EQ(test, w->downs, 1);
	KUNIT_EXPECT_EQ(test, w->result, -ENODEV);
	KUNIT_EXPECT_EQ(test, call(&w->svc), -ENODEV);
	KUNIT_EXPECT_EQ(test, -ENODEV,
			memsvc_retrieve(&w->svc, 1, &(struct memsvc_range){},
					1));

	service_returns(test, w);
	KUNIT_EXPECT_EQ(test, w->ups, 2);
	KUNIT_EXPECT_EQ(test, w->comebacks, 1);
	KUNIT_EXPECT_EQ(test, w->result, 0);
	KUNIT_EXPECT_EQ(test, call(&w->svc), 0);

	memsvc_close(&w->svc);
	KUNIT_EXPECT_EQ(test, w->downs, 2);
	KUNIT_EXPECT_EQ(test, call(&w->svc), -ENODEV);
}

static void client_closes_while_its_tee_is_gone(struct kunit *test)
{
	struct witness *w = test->priv;

	KUNIT_ASSERT_EQ(test, memsvc_open(&w->svc), 0);
	service_goes(w);
	memsvc_close(&w->svc);
	service_returns(test, w);
	KUNIT_EXPECT_EQ(test, w->ups, 1);
	KUNIT_EXPECT_EQ(test, w->downs, 1);
	KUNIT_EXPECT_EQ(test, w->comebacks, 0);
}

static void nobody_opens_while_there_is_none(struct kunit *test)
{
	struct witness *w = test->priv;

	service_goes(w);
	KUNIT_EXPECT_EQ(test, memsvc_open(&w->svc), -ENODEV);
	KUNIT_EXPECT_EQ(test, memsvc_open(&w->svc), -ENODEV);
	KUNIT_EXPECT_EQ(test, w->ups, 0);
	service_returns(test, w);
	KUNIT_EXPECT_EQ(test, w->ups, 0);

	KUNIT_ASSERT_EQ(test, memsvc_open(&w->svc), 0);
	memsvc_close(&w->svc);
}

static void failed_up_leaves_nothing(struct kunit *test)
{
	struct witness *w = test->priv;

	w->up_result = -ENOMEM;
	KUNIT_EXPECT_EQ(test, memsvc_open(&w->svc), -ENOMEM);
	KUNIT_EXPECT_EQ(test, call(&w->svc), -ENODEV);

	w->up_result = 0;
	KUNIT_ASSERT_EQ(test, memsvc_open(&w->svc), 0);
	memsvc_close(&w->svc);
	KUNIT_EXPECT_EQ(test, w->downs, 1);
}

static void failed_return_is_tried_again(struct kunit *test)
{
	struct witness *w = test->priv;

	KUNIT_ASSERT_EQ(test, memsvc_open(&w->svc), 0);
	service_goes(w);
	w->up_result = -ENOMEM;
	service_returns(test, w);
	KUNIT_EXPECT_EQ(test, w->comebacks, 0);
	KUNIT_EXPECT_EQ(test, call(&w->svc), -ENODEV);

	w->up_result = 0;
	service_goes(w);
	KUNIT_EXPECT_EQ(test, w->downs, 1);
	service_returns(test, w);
	KUNIT_EXPECT_EQ(test, w->comebacks, 1);
	KUNIT_EXPECT_EQ(test, call(&w->svc), 0);
	memsvc_close(&w->svc);
}

static void settling_waits_for_the_return(struct kunit *test)
{
	struct witness *w = test->priv;
	int before;

	KUNIT_ASSERT_EQ(test, memsvc_open(&w->svc), 0);
	before = memsvc_changes(&w->svc);
	KUNIT_EXPECT_FALSE(test, memsvc_settle(&w->svc, before));

	service_goes(w);
	KUNIT_EXPECT_TRUE(test, memsvc_settle(&w->svc, before));
	before = memsvc_changes(&w->svc);
	KUNIT_EXPECT_FALSE(test, memsvc_settle(&w->svc, before));

	KUNIT_EXPECT_EQ(test, device_attach(w->device), 1);
	before = memsvc_changes(&w->svc);
	memsvc_settle(&w->svc, before);
	KUNIT_EXPECT_EQ(test, w->comebacks, 1);
	before = memsvc_changes(&w->svc);
	KUNIT_EXPECT_FALSE(test, memsvc_settle(&w->svc, before));
	memsvc_close(&w->svc);
}

static void free_device(struct device *dev)
{
	kfree(to_tee_client_device(dev));
}

/* What another TEE that offers the same service would register */
static void second_service_is_refused(struct kunit *test)
{
	struct witness *w = test->priv;
	struct tee_client_device *second = kzalloc_obj(*second);

	KUNIT_ASSERT_NOT_NULL(test, second);
	second->id.uuid = service_uuid;
	second->dev.bus = &tee_bus_type;
	second->dev.release = free_device;
	device_initialize(&second->dev);
	dev_set_name(&second->dev, "restricted-kunit-service");
	KUNIT_ASSERT_EQ(test, device_add(&second->dev), 0);
	KUNIT_EXPECT_NULL(test, second->dev.driver);

	KUNIT_EXPECT_EQ(test, memsvc_open(&w->svc), 0);
	device_unregister(&second->dev);
	/* It took nothing with it */
	KUNIT_EXPECT_EQ(test, call(&w->svc), 0);
	memsvc_close(&w->svc);
}

static struct kunit_case client_cases[] = {
	KUNIT_CASE(client_survives_its_tee),
	KUNIT_CASE(client_closes_while_its_tee_is_gone),
	KUNIT_CASE(nobody_opens_while_there_is_none),
	KUNIT_CASE(failed_up_leaves_nothing),
	KUNIT_CASE(failed_return_is_tried_again),
	KUNIT_CASE(settling_waits_for_the_return),
	KUNIT_CASE(second_service_is_refused),
	{}
};

static struct kunit_suite client_suite = {
	.name = "restricted_client",
	.init = client_test_init,
	.exit = client_test_exit,
	.test_cases = client_cases,
};

kunit_test_suite(client_suite);
